"""The model of a benchmark: an encoder, then a reasoner."""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn

from seqreason.assembly.views import turned
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
    """Frames in, logits for what is shown and what comes next out.

    In evaluation mode each frame is looked at from the angles *view_degrees*, and the features of
    all views are averaged; in training it is seen once, as it is.
    """

    def __init__(
        self, encoder: Encoder, reasoner: Reasoner, *, view_degrees: Sequence[float] = (0.0,)
    ) -> None:
        super().__init__()
        self.encoder, self.reasoner, self._view_degrees = encoder, reasoner, tuple(view_degrees)
        self.num_features = encoder.features

    def forward(self, frames: Tensor, packing: Packing, forced: Tensor | None = None) -> Reasoning:
        """Perception and prediction for each frame.

        Shapes:
            frames: (frames, 1, height, width), in packed order
            forced: (frames,), see `Reasoner.forward`
        """
        features = self._features(frames)
        perception, prediction = self.reasoner(features, packing, forced)
        # Losses and probabilities are taken in float32, whatever the layers computed in.
        return Reasoning(perception.float(), prediction.float())

    def _features(self, frames: Tensor) -> Tensor:
        """Shapes: returns (frames, features)."""
        angles = (0.0,) if self.training else self._view_degrees
        views = [self.encoder(turned(frames, degrees)) for degrees in angles]
        for features in views:
            check_axes(
                features,
                "frames features",
                where=f"what encoder {self.encoder.name} returned",
                frames=len(frames),
                features=self.num_features,
            )
        return views[0] if len(views) == 1 else torch.stack(views).mean(dim=0)


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
    return SequenceModel(encoder, reasoner, view_degrees=spec.evaluation.view_degrees)
