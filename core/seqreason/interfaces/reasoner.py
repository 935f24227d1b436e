"""Reasoners: from features to the shown symbols (perception) and the next ones (prediction)."""

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
    """What a reasoner knows about features, alphabet and generator.

    Attributes:
        features: the length of a frame's feature vector.
        alphabet_size: the number of symbols.
        hypotheses: from a number of shown symbols to all sequences of this length that the
            generator can draw; None if it cannot list them.
    """

    features: int
    alphabet_size: int
    hypotheses: Callable[[int], Hypotheses] | None = None


class Reasoning(NamedTuple):
    """Logits over the alphabet at every position.

    Shapes:
        perception: (frames, alphabet), float, the symbol that the frame shows
        prediction: (frames, alphabet), float, the symbol that comes next
    """

    perception: Tensor
    prediction: Tensor


class Reasoner(nn.Module, Plugin):
    """Turns the features of whole sequences into logits of the shown and the next symbols."""

    @abstractmethod
    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """The logits of perception and prediction for each frame, in packed order.

        The forcing policy gives *forced* in training; at inference it is None. Where it is not
        `PADDING` (-1), the prediction stage gets this true symbol instead of the perceived one. A
        reasoner without a symbolic prediction stage ignores it.

        Shapes:
            features: (frames, features), float, in packed order
            forced: (frames,), int64, in packed order
            returns: two of (frames, alphabet)
        """
