"""Generators that say nothing but their rules; drawing and enumeration follow from them."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import SpecError
from seqreason.interfaces.generator import EnumerableGenerator, GeneratorContext
from seqreason.interfaces.plugin import PluginConfig
from seqreason.interfaces.sequence_config import SequenceConfig
from seqreason.randomness import Stream
from seqreason.structures.sequences import PADDING, Hypotheses, RuleTable, Sequences

Integers = NDArray[np.int64]


class RuleGenerator(EnumerableGenerator):
    """Draws from its own tables of rules: a subclass says what they are, for each length.

    The length is uniform over those set; then a rule is drawn by its probability, then one of
    the sequences that follow it, all alike. So a rule must be listable, and what is drawn is
    exactly what is enumerated.

    Attributes:
        config: the settings; annotate it with the subclass's own `Config`.
        alphabet_size: how many symbols there are.
    """

    Config: ClassVar[type[PluginConfig]] = SequenceConfig
    config: SequenceConfig

    def __init__(self, config: SequenceConfig, context: GeneratorContext) -> None:
        """Make the tables of all lengths.

        Raises:
            SpecError: no rule fits one of the lengths.
        """
        self.config, self.alphabet_size = config, context.alphabet_size
        shortest, longest = config.lengths
        if shortest < 1:
            raise SpecError(f"lengths: a sequence shows at least 1 symbol, got {shortest}")
        self._lots = {
            length: _Lot.of(self.rules(length)) for length in range(shortest, longest + 1)
        }

    @abstractmethod
    def rules(self, length: int) -> RuleTable:
        """Every rule that fits *length* shown symbols and the answer into the alphabet.

        Raises:
            SpecError: there is none; the message says which setting to change.
        """

    @final
    def draw(self, stream: Stream, examples: Integers) -> Sequences:
        """The sequences with the indices *examples*, with the facts of their rules."""
        shortest, longest = self.config.lengths
        lengths = shortest + stream.child("length").below(examples, len(self._lots))[:, 0]
        # The names of these streams are those of the first rule, whose data they keep.
        rule_bits = stream.child("difference").bits(examples)[:, 0]
        row_bits = stream.child("start").bits(examples)[:, 0]
        symbols = np.full((len(examples), longest + 1), PADDING)
        facts = self._blank_facts(len(examples))
        for length, lot in self._lots.items():
            places = np.flatnonzero(lengths == length)
            rules, rows = lot.drawn(rule_bits[places], row_bits[places])
            symbols[places, : length + 1] = lot.table.symbols[rows]
            for name, values in lot.table.facts.items():
                facts[name][places] = values[rules]
        appearance = self.config.appearance(stream, examples, time=longest)
        return Sequences(symbols, lengths, appearance, facts)

    def _blank_facts(self, count: int) -> dict[str, NDArray[Any]]:
        """Room for every fact of *count* examples, wide enough for the words of all tables."""
        kinds: dict[str, list[np.dtype[Any]]] = {}
        for lot in self._lots.values():
            for name, values in lot.table.facts.items():
                kinds.setdefault(name, []).append(values.dtype)
        return {name: np.zeros(count, dtype=np.result_type(*of)) for name, of in kinds.items()}

    @final
    def length_probabilities(self) -> Mapping[int, float]:
        """Every length alike."""
        return dict.fromkeys(self._lots, 1 / len(self._lots))

    @final
    def hypotheses(self, length: int) -> Hypotheses:
        """All sequences of *length* shown symbols, rule by rule; any length, drawn or not.

        Raises:
            SpecError: no rule fits that length.
        """
        lot = self._lots.get(length)
        return (self.rules(length) if lot is None else lot.table).hypotheses()


@final
@dataclass(frozen=True)
class _Lot:
    """A table made ready to draw from by 32 random bits a rule and 32 a row.

    Shapes:
        bounds: (rules,), uint64, the least 32-bit word that is past each rule
        first: (rules,), int64, the place of each rule's first row
    """

    table: RuleTable
    bounds: NDArray[np.uint64]
    first: Integers

    @classmethod
    def of(cls, table: RuleTable) -> "_Lot":
        bounds = np.ceil(np.cumsum(table.probabilities) * 2.0**32).astype(np.uint64)
        # A sum of rounded numbers may end below 1; the last rule takes what is left.
        bounds[-1] = 2**32
        return cls(table, bounds, np.cumsum(table.counts) - table.counts)

    def drawn(
        self, rule_bits: NDArray[np.uint32], row_bits: NDArray[np.uint32]
    ) -> tuple[Integers, Integers]:
        """The rule and the row that each pair of words stands for."""
        rules = np.searchsorted(self.bounds, rule_bits.astype(np.uint64), side="right")
        counts = self.table.counts[rules].astype(np.uint64)
        nth = (row_bits.astype(np.uint64) * counts) >> np.uint64(32)
        return rules, self.first[rules] + nth.astype(np.int64)
