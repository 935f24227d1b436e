"""Sequence generators: the hidden rule, and how each frame is shown."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from seqreason.interfaces.plugin import Plugin
from seqreason.randomness import Stream
from seqreason.structures.sequences import Hypotheses, Sequences


@final
@dataclass(frozen=True)
class GeneratorContext:
    """What a sequence generator knows about the alphabet: its number of symbols."""

    alphabet_size: int


class SequenceGenerator(Plugin):
    """Draws symbol sequences by a hidden rule.

    Raises:
        SpecError: from the constructor, if no sequence fits the configuration.
    """

    @abstractmethod
    def draw(self, stream: Stream, examples: NDArray[np.int64]) -> Sequences:
        """The sequences with the indices *examples*; each depends on *stream* and its index alone.

        Draw each quantity from its own child of *stream*, for all examples at once:
        `stream.child("start").below(examples, 26)`.

        Shapes:
            examples: (sequences,), int64, at least 0
        """


class EnumerableGenerator(SequenceGenerator):
    """A generator that can list all its sequences, so that its ceiling is known."""

    @abstractmethod
    def length_probabilities(self) -> Mapping[int, float]:
        """The probability of each length; they sum to 1."""

    @abstractmethod
    def hypotheses(self, length: int) -> Hypotheses:
        """All sequences of *length* shown symbols, each with its probability."""
