"""The loss policy of a benchmark: labels, objective and forcing put together."""

from typing import NamedTuple, final

import torch
from torch import Tensor

from seqreason.batches import Batch
from seqreason.interfaces import Forcing, Labels, LossContext, Objective, Reasoning
from seqreason.randomness import Stream
from seqreason.registry import Registry
from seqreason.sequences import PADDING
from seqreason.spec import LossSpec


class StageLosses(NamedTuple):
    """The loss of each frame at both stages, each of shape (frames,)."""

    perception: Tensor
    prediction: Tensor

    def total(self) -> Tensor:
        """The mean of both stages' mean losses: the number that training lowers."""
        return (self.perception.mean() + self.prediction.mean()) / 2


@final
class LossPolicy:
    """Measures a model's output against what was shown, and decides what is forced on it."""

    def __init__(self, spec: LossSpec, registry: Registry, *, alphabet_size: int) -> None:
        context = LossContext(alphabet_size)
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
