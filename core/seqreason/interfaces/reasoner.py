"""Reasoners: from features to what is shown (perception) and what comes next (prediction)."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, final

from torch import Tensor, nn

from seqreason.interfaces.plugin import Plugin
from seqreason.structures.packing import Packing
from seqreason.structures.sequences import Hypotheses


@final
@dataclass(frozen=True)
class ReasonerContext:
    """What a reasoner may build on.

    Attributes:
        features: the length of a frame's feature vector.
        alphabet_size: how many symbols there are.
        hypotheses: for a number of shown symbols, all sequences of that length that the
            generator can draw; None where it cannot enumerate them.
    """

    features: int
    alphabet_size: int
    hypotheses: Callable[[int], Hypotheses] | None = None


class Reasoning(NamedTuple):
    """Logits over the alphabet at every position.

    Shapes:
        perception: (frames, alphabet), what the frame shows
        prediction: (frames, alphabet), what comes after it
    """

    perception: Tensor
    prediction: Tensor


class Reasoner(nn.Module, Plugin):
    """Reads the features of whole sequences, and names the shown and the next symbols."""

    @abstractmethod
    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Perception and prediction for each frame, in packed order.

        *forced* is the forcing policy's word in training: where it is not `PADDING` (-1), the
        prediction stage is fed that true symbol instead of what was perceived. It is None at
        inference. A reasoner without a symbolic prediction stage leaves it unread.

        Shapes:
            features: (frames, features)
            forced: (frames,), int64
        """
