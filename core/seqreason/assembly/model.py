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
    """From frames to logits for what is shown (perception) and for what comes next (prediction).

    With encoder e, reasoner r and frames x, the model is r(e(x)). In evaluation mode e(x) is the
    mean of e over x turned by each of *tta_degrees* (test-time augmentation: Krizhevsky, Sutskever
    & Hinton, "ImageNet classification with deep convolutional neural networks", NeurIPS 2012). In
    training mode x is not turned.

    Args:
        features: the contract that the encoder's output is checked against.
        logits: the same for the reasoner's perception and prediction.
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
        self.encoder, self.reasoner, self._tta_degrees = encoder, reasoner, tuple(tta_degrees)
        self._feature_contract, self._logit_contracts = features, logits

    def forward(self, frames: Tensor, packing: Packing, forced: Tensor | None = None) -> Reasoning:
        """Perception and prediction for each frame, both as float32.

        Args:
            packing: which frame belongs to which sequence and position.
            forced: true symbols to feed the prediction stage, see `Reasoner.forward`.

        Shapes:
            frames: (frames, 1, height, width), float in 0 … 1, in packed order
            forced: (frames,), int64
            returns: two matrices of logits, each (frames, alphabet)

        Raises:
            PluginError: the encoder or the reasoner breaks its contract.
        """
        features = self._features(frames)
        with known_mistakes(self._logit_contracts[0]):
            returned = self.reasoner(features, packing, forced)
        perception, prediction = check_reasoning(returned, self._logit_contracts, features=features)
        # Losses and probabilities are computed in float32, whatever the layers use.
        return Reasoning(perception.float(), prediction.float())

    def _features(self, frames: Tensor) -> Tensor:
        """The mean of the features of all views, (frames, features)."""
        angles = (0.0,) if self.training else self._tta_degrees
        views = [self._encoded(turned(frames, degrees)) for degrees in angles]
        return views[0] if len(views) == 1 else torch.stack(views).mean(dim=0)

    def _encoded(self, frames: Tensor) -> Tensor:
        with known_mistakes(self._feature_contract):
            features = self.encoder(frames)
        return self._feature_contract.check(features, inputs=frames)


@final
@dataclass(frozen=True)
class ModelParts:
    """The parts of a spec that a model is made of."""

    encoder: PluginChoice
    reasoner: PluginChoice
    tta_degrees: Sequence[float]

    @classmethod
    def of(cls, spec: BenchmarkSpec) -> "ModelParts":
        """The parts of a whole spec."""
        return cls(spec.encoder, spec.reasoner, spec.evaluation.tta_degrees)


def build_model(
    parts: ModelParts,
    registry: Registry,
    generator: SequenceGenerator,
    *,
    alphabet_size: int,
    frame_size: tuple[int, int],
) -> SequenceModel:
    """The model of *parts* with new weights; call it inside `seeded_torch`.

    Args:
        generator: hands the reasoner its hypotheses, if it can enumerate them.
        frame_size: height and width in pixels.

    Raises:
        PluginError: the encoder or the reasoner cannot be made.
    """
    frames = EncoderContext(*frame_size)
    encoder = registry.build(Encoder, parts.encoder.kind, parts.encoder.config, frames)
    features = features_contract(encoder, str(registry.find("encoder", parts.encoder.kind)))
    hypotheses = generator.hypotheses if isinstance(generator, EnumerableGenerator) else None
    context = ReasonerContext(features.columns, alphabet_size, hypotheses)
    reasoner = registry.build(Reasoner, parts.reasoner.kind, parts.reasoner.config, context)
    owner = str(registry.find("reasoner", parts.reasoner.kind))
    logits = logits_contracts(owner, alphabet_size=alphabet_size)
    return SequenceModel(
        encoder, reasoner, features=features, logits=logits, tta_degrees=parts.tta_degrees
    )
