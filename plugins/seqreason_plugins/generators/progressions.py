"""Arithmetic progressions, drawn and enumerated: what `easy` and `normal` are made of."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from seqreason.errors import SpecError
from seqreason.interfaces import EnumerableGenerator, GeneratorContext, PluginConfig
from seqreason.randomness import Stream
from seqreason.sequences import PADDING, Hypotheses, Sequences

Integers = NDArray[np.int64]


def _rising(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the least, {bounds[0]}, is above the greatest, {bounds[1]}")
    return bounds


Range = Annotated[tuple[int, int], AfterValidator(_rising)]
Background = Literal["black", "white", "mixed"]


class ProgressionConfig(PluginConfig):
    """The settings that every progression task has; a task gives them its own defaults."""

    differences: Range = Field(description="least and greatest common difference")
    lengths: Range = Field(description="fewest and most shown symbols, uniform")
    background: Background = Field(description="black, white, or either by chance")
    background_per: Literal["sequence", "frame"] = Field(
        "sequence", description="what chance decides for when the background is mixed"
    )
    zero_difference: bool = Field(False, description="whether a difference of 0 may occur")
    wrap: bool = Field(False, description="whether Z is followed by A")


class ProgressionGenerator(EnumerableGenerator):
    """Draws progressions: length, then a difference that fits it, then a start that fits both.

    Each is uniform over what fits. Without wrap-around a difference d fits a length T if all
    T + 1 symbols, the answer included, lie within the alphabet: |d|·T < alphabet size.
    A task is a final subclass that adds a name and the defaults of its `Config`, no more.
    """

    def __init__(self, config: ProgressionConfig, context: GeneratorContext) -> None:
        self._config, self._alphabet_size = config, context.alphabet_size
        if config.lengths[0] < 1:
            raise SpecError(f"lengths: a sequence shows at least 1 symbol, got {config.lengths[0]}")
        shortest, longest = config.lengths
        self._fitting = [self._differences(length) for length in range(shortest, longest + 1)]

    def _differences(self, length: int) -> Integers:
        least, greatest = self._config.differences
        allowed = np.arange(least, greatest + 1)
        if not self._config.zero_difference:
            allowed = allowed[allowed != 0]
        if not self._config.wrap:
            allowed = allowed[np.abs(allowed) * length < self._alphabet_size]
        if not len(allowed):
            raise SpecError(
                f"differences: no difference in {least} … {greatest} fits {length} shown symbols "
                f"and the answer into an alphabet of {self._alphabet_size}; choose smaller "
                "differences, shorter lengths, wrap: true or zero_difference: true"
            )
        return allowed

    def draw(self, stream: Stream, examples: Integers) -> Sequences:
        """The progressions with the indices *examples*; fact: `difference`."""
        shortest, longest = self._config.lengths
        nth = stream.child("length").below(examples, len(self._fitting))[:, 0]
        lengths = shortest + nth
        differences = self._draw_differences(stream.child("difference"), examples, nth)
        low, high = self._starts(differences, lengths)
        starts = low + stream.child("start").below(examples, (high - low + 1)[:, None])[:, 0]
        symbols = self._symbols(starts, differences, longest + 1)
        symbols[np.arange(longest + 1) > lengths[:, None]] = PADDING
        inverted = self._inverted(stream.child("background"), examples, longest)
        return Sequences(symbols, lengths, inverted, {"difference": differences})

    # A table of what fits each length makes the draw one lookup, however many examples there are.
    def _draw_differences(self, stream: Stream, examples: Integers, nth: Integers) -> Integers:
        counts = np.array([len(fitting) for fitting in self._fitting])
        table = np.zeros((len(counts), counts.max()), dtype=np.int64)
        for row, fitting in enumerate(self._fitting):
            table[row, : len(fitting)] = fitting
        chosen = stream.below(examples, counts[nth][:, None])[:, 0]
        return np.asarray(table[nth, chosen])

    def _starts(self, differences: Integers, lengths: Integers) -> tuple[Integers, Integers]:
        """The least and the greatest start that keep a progression within the alphabet."""
        low, high = np.zeros_like(lengths), np.full_like(lengths, self._alphabet_size - 1)
        if self._config.wrap:
            return low, high
        reach = differences * lengths
        return low - np.minimum(reach, 0), high - np.maximum(reach, 0)

    def _symbols(self, starts: Integers, differences: Integers, count: int) -> Integers:
        symbols = starts[:, None] + differences[:, None] * np.arange(count)
        return symbols % self._alphabet_size if self._config.wrap else symbols

    def _inverted(self, stream: Stream, examples: Integers, time: int) -> NDArray[np.bool_]:
        background = self._config.background
        if background != "mixed":
            return np.full((len(examples), time), background == "white")
        count = time if self._config.background_per == "frame" else 1
        coins = stream.below(examples, 2, count=count) == 1
        return np.array(np.broadcast_to(coins, (len(examples), time)))

    def length_probabilities(self) -> Mapping[int, float]:
        """Every length alike."""
        shortest, longest = self._config.lengths
        count = len(self._fitting)
        return dict.fromkeys(range(shortest, longest + 1), 1 / count)

    def hypotheses(self, length: int) -> Hypotheses:
        """Every (difference, start) of *length*, first each start of the least difference."""
        fitting = self._fitting[length - self._config.lengths[0]]
        low, high = self._starts(fitting, np.full_like(fitting, length))
        num_starts = high - low + 1
        differences = np.repeat(fitting, num_starts)
        starts = np.concatenate([np.arange(a, b + 1) for a, b in zip(low, high, strict=True)])
        probabilities = np.repeat(1 / (num_starts * len(fitting)), num_starts)
        return Hypotheses(self._symbols(starts, differences, length + 1), probabilities)
