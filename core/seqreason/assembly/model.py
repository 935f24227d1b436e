"""The model of a benchmark: an encoder, then a reasoner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from seqreason.assembly.output_contracts import (
    OutputContract,
    check_reasoning,
    features_contract,
    known_mistakes,
    logits_contracts,
)
from seqreason.assembly.tta import turned
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
from seqreason.spec import BenchmarkSpec, PluginChoice
from seqreason.structures.packing import Packing


@final
class SequenceModel(nn.Module):
    """Frames in, logits for what is shown and what comes next out.

    In evaluation mode each frame is looked at from the angles *tta_degrees*, and the features of
    all views are averaged; in training it is seen once, as it is.

    What the encoder and the reasoner return is held to *features* and *logits*.
    """

    def __init__(
        self,
        encoder: Encoder,
        reasoner: Reasoner,
        *,
        features: OutputContract,
        logits: tuple[OutputContract, OutputContract],
        tta_degrees: Sequence[float] = (0.0,),
    ) -> None:
        super().__init__()
        self.encoder, self.reasoner, self._view_degrees = encoder, reasoner, tuple(tta_degrees)
        self._promised_features, self._promised_logits = features, logits

    def forward(self, frames: Tensor, packing: Packing, forced: Tensor | None = None) -> Reasoning:
        """Perception and prediction for each frame.

        Shapes:
            frames: (frames, 1, height, width), in packed order
            forced: (frames,), see `Reasoner.forward`
        """
        features = self._features(frames)
        with known_mistakes(self._promised_logits[0]):
            returned = self.reasoner(features, packing, forced)
        perception, prediction = check_reasoning(returned, self._promised_logits, features=features)
        # Losses and probabilities are taken in float32, whatever the layers computed in.
        return Reasoning(perception.float(), prediction.float())

    def _features(self, frames: Tensor) -> Tensor:
        """Shapes: returns (frames, features)."""
        angles = (0.0,) if self.training else self._view_degrees
        views = [self._seen(turned(frames, degrees)) for degrees in angles]
        return views[0] if len(views) == 1 else torch.stack(views).mean(dim=0)

    def _seen(self, frames: Tensor) -> Tensor:
        with known_mistakes(self._promised_features):
            features = self.encoder(frames)
        return self._promised_features.check(features, inputs=frames)


@final
@dataclass(frozen=True)
class ModelParts:
    """What of a spec a model is made of."""

    encoder: PluginChoice
    reasoner: PluginChoice
    tta_degrees: Sequence[float]

    @classmethod
    def of(cls, spec: BenchmarkSpec) -> "ModelParts":
        """Those of a whole spec."""
        return cls(spec.encoder, spec.reasoner, spec.evaluation.tta_degrees)


def build_model(
    parts: ModelParts,
    registry: Registry,
    generator: SequenceGenerator,
    *,
    alphabet_size: int,
    frame_size: tuple[int, int],
) -> SequenceModel:
    """The model of these *parts* with fresh weights; call it inside `seeded_torch`.

    Raises:
        PluginError: the encoder or the reasoner cannot be made.
    """
    height, width = frame_size
    encoder = registry.build(
        Encoder, parts.encoder.kind, parts.encoder.config, EncoderContext(height, width)
    )
    features = features_contract(encoder, str(registry.find("encoder", parts.encoder.kind)))
    reasoner = registry.build(
        Reasoner,
        parts.reasoner.kind,
        parts.reasoner.config,
        ReasonerContext(
            features=features.columns,
            alphabet_size=alphabet_size,
            hypotheses=generator.hypotheses if isinstance(generator, EnumerableGenerator) else None,
        ),
    )
    owner = str(registry.find("reasoner", parts.reasoner.kind))
    return SequenceModel(
        encoder,
        reasoner,
        features=features,
        logits=logits_contracts(owner, alphabet_size=alphabet_size),
        tta_degrees=parts.tta_degrees,
    )
