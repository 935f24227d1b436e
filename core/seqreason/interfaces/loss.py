"""Loss policies: labels, objective, and how often the prediction stage gets the true symbols."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import final

from torch import Tensor

from seqreason.interfaces.plugin import Plugin


@final
@dataclass(frozen=True)
class LossContext:
    """What a loss policy knows about the alphabet: its number of symbols."""

    alphabet_size: int


class Labels(Plugin):
    """Turns true symbols into target distributions."""

    @abstractmethod
    def targets(self, symbols: Tensor) -> Tensor:
        """A distribution over the alphabet for each symbol.

        Shapes:
            symbols: (frames,), int64
            returns: (frames, alphabet), float32, each row at least 0 with sum 1
        """


class Objective(Plugin):
    """Measures how far a stage's logits are from its targets."""

    @abstractmethod
    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """One loss for each frame, at its minimum where the logits' distribution is the target.

        Shapes:
            logits: (frames, alphabet), float32
            targets: (frames, alphabet), float32
            returns: (frames,), float32
        """


class Forcing(Plugin):
    """Decides how often the prediction stage gets the true symbols in training."""

    @abstractmethod
    def forced_share(self, progress: float) -> float:
        """The share (0–1) of positions where the prediction stage gets the true symbol.

        *progress* is the share (0–1) of training that is done, 0 at the first step.
        """
