"""The loss policy of a benchmark: its labels, objective and forcing together."""

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
    """The loss of each frame at both stages.

    Shapes:
        perception, prediction: (frames,)
    """

    perception: Tensor
    prediction: Tensor


@final
class LossPolicy:
    """Compares a model's output with the true symbols, and decides which of them are forced on it.

    With losses p of perception and q of prediction and their weights u and v from the spec, the
    total is u · mean(p) + v · mean(q). The mean of q is over all positions, or the last ones.
    """

    def __init__(self, spec: LossSpec, registry: Registry, *, alphabet_size: int) -> None:
        self._spec, context = spec, LossContext(alphabet_size)
        objective, forcing = spec.objective, spec.forcing
        self._objective = registry.build(Objective, objective.kind, objective.config, context)
        self._perception, self._prediction = (
            registry.build(Labels, choice.kind, choice.config, context)
            for choice in (spec.perception, spec.prediction)
        )
        self._forcing = registry.build(Forcing, forcing.kind, forcing.config, context)

    def losses(self, reasoning: Reasoning, batch: Batch) -> StageLosses:
        """The loss of every frame at both stages.

        Shapes:
            reasoning: two matrices of logits, each (frames, alphabet)
            batch: with as many frames, in the same packed order
            returns: two of (frames,)
        """
        shown = self._perception.targets(batch.symbols)
        following = self._prediction.targets(batch.next_symbols)
        return StageLosses(
            self._objective.losses(reasoning.perception, shown),
            self._objective.losses(reasoning.prediction, following),
        )

    def total(
        self, losses: StageLosses, packing: Packing, *, weigh: Callable[[int], float] | None = None
    ) -> Tensor:
        """The weighted sum of both stages' mean losses: the number that training lowers.

        Args:
            weigh: for processes that share a batch, the factor of this process's mean, given the
                number of losses in it.

        Shapes:
            returns: ()
        """
        counted = losses.prediction
        if self._spec.prediction_positions == "last":
            counted = counted[packing.last]
        perception, prediction = losses.perception.mean(), counted.mean()
        if weigh is not None:
            perception = perception * weigh(len(losses.perception))
            prediction = prediction * weigh(len(counted))
        return self._spec.perception_weight * perception + self._spec.prediction_weight * prediction

    def forced(self, batch: Batch, *, progress: float, stream: Stream, step: int) -> Tensor:
        """The true symbols that the prediction stage is fed, and `PADDING` where it uses its own.

        Williams & Zipser, "A learning algorithm for continually running fully recurrent neural
        networks", Neural Computation, 1989 (teacher forcing); Bengio, Vinyals, Jaitly & Shazeer,
        "Scheduled sampling for sequence prediction with recurrent neural networks", NeurIPS 2015.

        Args:
            progress: the share of training that is done, 0 … 1.
            stream: decides which frames are forced, if not all; *step* chooses its place.

        Shapes:
            returns: (frames,), int64
        """
        share = self._forcing.forced_share(progress)
        if share >= 1:
            return batch.symbols
        coins = stream.child(str(step)).uniform([0], count=len(batch.symbols))[0]
        keep = torch.from_numpy(coins < share).to(batch.symbols.device)
        return batch.symbols.where(keep, PADDING)
