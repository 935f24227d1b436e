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
    """What a sequence generator may build on: how many symbols the alphabet has."""

    alphabet_size: int


class SequenceGenerator(Plugin):
    """Draws symbol sequences by a hidden rule.

    Raises:
        SpecError: from the constructor, when no sequence fits the configuration.
    """

    @abstractmethod
    def draw(self, stream: Stream, examples: NDArray[np.int64]) -> Sequences:
        """The sequences with the indices *examples*, each a function of (stream, index) alone.

        Draw from children of *stream*, one a quantity, and for all examples at once:
        `stream.child("start").below(examples, 26)`.

        Shapes:
            examples: (sequences,), at least 0
        """


class EnumerableGenerator(SequenceGenerator):
    """A generator that can list everything it draws, so that its ceiling is known."""

    @abstractmethod
    def length_probabilities(self) -> Mapping[int, float]:
        """The share of sequences of each length."""

    @abstractmethod
    def hypotheses(self, length: int) -> Hypotheses:
        """All sequences of *length* shown symbols, each with its probability."""
