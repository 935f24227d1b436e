"""The model of a benchmark: an encoder, then a reasoner."""

from typing import final

from torch import Tensor, nn

from seqreason.batches import Packing
from seqreason.interfaces import (
    Encoder,
    EncoderContext,
    EnumerableGenerator,
    Reasoner,
    ReasonerContext,
    Reasoning,
    SequenceGenerator,
)
from seqreason.registry import Registry
from seqreason.shapes import check_axes
from seqreason.spec import BenchmarkSpec


@final
class SequenceModel(nn.Module):
    """Frames in, logits for what is shown and what comes next out."""

    def __init__(self, encoder: Encoder, reasoner: Reasoner) -> None:
        super().__init__()
        self.encoder, self.reasoner = encoder, reasoner
        self.num_features = encoder.features

    def forward(self, frames: Tensor, packing: Packing, forced: Tensor | None = None) -> Reasoning:
        """Perception and prediction for each frame.

        Shapes:
            frames: (frames, 1, height, width), in packed order
            forced: (frames,), see `Reasoner.forward`
        """
        features = self.encoder(frames)
        check_axes(
            features,
            "frames features",
            where=f"what encoder {self.encoder.name} returned",
            frames=len(frames),
            features=self.num_features,
        )
        perception, prediction = self.reasoner(features, packing, forced)
        # Losses and probabilities are taken in float32, whatever the layers computed in.
        return Reasoning(perception.float(), prediction.float())


def build_model(
    spec: BenchmarkSpec,
    registry: Registry,
    generator: SequenceGenerator,
    *,
    alphabet_size: int,
    frame_size: tuple[int, int],
) -> SequenceModel:
    """The spec's model with fresh weights; call it inside `seeded_torch`."""
    height, width = frame_size
    encoder = registry.build(
        Encoder, spec.encoder.kind, spec.encoder.config, EncoderContext(height, width)
    )
    reasoner = registry.build(
        Reasoner,
        spec.reasoner.kind,
        spec.reasoner.config,
        ReasonerContext(
            features=encoder.features,
            alphabet_size=alphabet_size,
            hypotheses=generator.hypotheses if isinstance(generator, EnumerableGenerator) else None,
        ),
    )
    return SequenceModel(encoder, reasoner)
