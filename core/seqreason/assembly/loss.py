"""The loss policy of a benchmark: labels, objective and forcing put together."""

from collections.abc import Callable
from typing import NamedTuple, final

import torch
from torch import Tensor

from seqreason.interfaces import Forcing, Labels, LossContext, Objective, Reasoning
from seqreason.randomness import Stream
from seqreason.registry import Registry
from seqreason.spec import LossSpec
from seqreason.structures.packing import Batch, Packing
from seqreason.structures.sequences import PADDING


class StageLosses(NamedTuple):
    """The loss of each frame at both stages, each of shape (frames,)."""

    perception: Tensor
    prediction: Tensor


@final
class LossPolicy:
    """Measures a model's output against what was shown, and decides what is forced on it."""

    def __init__(self, spec: LossSpec, registry: Registry, *, alphabet_size: int) -> None:
        self._spec, context = spec, LossContext(alphabet_size)
        self._objective = registry.build(
            Objective, spec.objective.kind, spec.objective.config, context
        )
        self._perception = registry.build(
            Labels, spec.perception.kind, spec.perception.config, context
        )
        self._prediction = registry.build(
            Labels, spec.prediction.kind, spec.prediction.config, context
        )
        self._forcing = registry.build(Forcing, spec.forcing.kind, spec.forcing.config, context)

    def losses(self, reasoning: Reasoning, batch: Batch) -> StageLosses:
        """The loss of every frame at both stages."""
        shown = self._perception.targets(batch.symbols)
        following = self._prediction.targets(batch.next_symbols)
        return StageLosses(
            self._objective.losses(reasoning.perception, shown),
            self._objective.losses(reasoning.prediction, following),
        )

    def total(
        self, losses: StageLosses, packing: Packing, *, share: Callable[[int], float] | None = None
    ) -> Tensor:
        """The weighted sum of both stages' mean losses: the number that training lowers.

        Where several processes share a batch, *share* gives the factor that turns the mean over so
        many losses of this process into its part of the mean over all.
        """
        counted = losses.prediction
        if self._spec.prediction_positions == "last":
            counted = counted[packing.last]
        perception, prediction = losses.perception.mean(), counted.mean()
        if share is not None:
            perception = perception * share(len(losses.perception))
            prediction = prediction * share(len(counted))
        return self._spec.perception_weight * perception + self._spec.prediction_weight * prediction

    def forced(self, batch: Batch, *, progress: float, stream: Stream, step: int) -> Tensor:
        """The true symbols to feed the prediction stage, and `PADDING` where it goes by itself.

        Shapes:
            returns: (frames,), int64
        """
        share = self._forcing.forced_share(progress)
        if share >= 1:
            return batch.symbols
        coins = stream.child(str(step)).uniform([0], count=len(batch.symbols))[0]
        keep = torch.from_numpy(coins < share).to(batch.symbols.device)
        return batch.symbols.where(keep, PADDING)
