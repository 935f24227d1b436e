"""Generators that list their rules; drawing and enumeration follow from the list."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import SpecError
from seqreason.interfaces.generator import EnumerableGenerator, GeneratorContext
from seqreason.interfaces.plugin import PluginConfig
from seqreason.interfaces.sequence_config import SequenceConfig
from seqreason.randomness import Integers, Stream
from seqreason.structures.sequences import PADDING, Hypotheses, RuleTable, Sequences


class RuleGenerator(EnumerableGenerator):
    """Draws from tables of rules, which a subclass lists for each length.

    The length is uniform over those set. Then a rule is drawn by its probability, then one of
    its sequences, all equally probable. So the generator draws exactly what it enumerates.

    Attributes:
        config: the settings; annotate it with the `Config` of the subclass.
        alphabet_size: the number of symbols.
    """

    Config: ClassVar[type[PluginConfig]] = SequenceConfig
    config: SequenceConfig

    def __init__(self, config: SequenceConfig, context: GeneratorContext) -> None:
        """Make the table of every length.

        Raises:
            SpecError: no rule fits one of the lengths.
        """
        self.config, self.alphabet_size = config, context.alphabet_size
        shortest, longest = config.lengths
        if shortest < 1:
            raise SpecError(f"lengths: a sequence shows at least 1 symbol, got {shortest}")
        self._tables = {
            length: _DrawingTable.of(self.rules(length)) for length in range(shortest, longest + 1)
        }

    @abstractmethod
    def rules(self, length: int) -> RuleTable:
        """Every rule that fits *length* shown symbols and the answer into the alphabet.

        Raises:
            SpecError: there is none; the message names the setting to change.
        """

    @final
    def draw(self, stream: Stream, examples: Integers) -> Sequences:
        """The sequences with the indices *examples*, with the facts of their rules."""
        shortest, longest = self.config.lengths
        lengths = shortest + stream.child("length").below(examples, len(self._tables))[:, 0]
        # Another name of a stream would change the data of every generator.
        rule_bits = stream.child("difference").bits(examples)[:, 0]
        row_bits = stream.child("start").bits(examples)[:, 0]
        symbols = np.full((len(examples), longest + 1), PADDING)
        kinds: dict[str, list[np.dtype[Any]]] = {}
        for table in self._tables.values():
            for name, values in table.rules.facts.items():
                kinds.setdefault(name, []).append(values.dtype)
        # Wide enough for the words of all tables.
        facts = {name: np.zeros(len(examples), np.result_type(*of)) for name, of in kinds.items()}
        for length, table in self._tables.items():
            places = np.flatnonzero(lengths == length)
            rules, rows = table.drawn(rule_bits[places], row_bits[places])
            symbols[places, : length + 1] = table.rules.symbols[rows]
            for name, values in table.rules.facts.items():
                facts[name][places] = values[rules]
        appearance = self.config.appearance(stream, examples, time=longest)
        return Sequences(symbols, lengths, appearance, facts)

    @final
    def length_probabilities(self) -> Mapping[int, float]:
        """All lengths, equally probable."""
        return dict.fromkeys(self._tables, 1 / len(self._tables))

    @final
    def hypotheses(self, length: int) -> Hypotheses:
        """All sequences of *length* shown symbols, rule by rule, also of a length not drawn.

        Raises:
            SpecError: no rule fits that length.
        """
        table = self._tables.get(length)
        return (self.rules(length) if table is None else table.rules).hypotheses()


class _DrawingTable(NamedTuple):
    """A table prepared for drawing with 32 random bits for the rule and 32 for the row.

    Shapes:
        bounds: (rules,), uint64, the first 32-bit word after those of each rule
        first: (rules,), int64, the index of each rule's first row
    """

    rules: RuleTable
    bounds: NDArray[np.uint64]
    first: Integers

    @classmethod
    def of(cls, table: RuleTable) -> "_DrawingTable":
        bounds = np.ceil(np.cumsum(table.probabilities) * 2.0**32).astype(np.uint64)
        # Rounded numbers may sum to less than 1; the last rule gets the rest.
        bounds[-1] = 2**32
        return cls(table, bounds, np.cumsum(table.counts) - table.counts)

    def drawn(
        self, rule_bits: NDArray[np.uint32], row_bits: NDArray[np.uint32]
    ) -> tuple[Integers, Integers]:
        """The rule and the row that each pair of words selects."""
        rules = np.searchsorted(self.bounds, rule_bits.astype(np.uint64), side="right")
        counts = self.rules.counts[rules].astype(np.uint64)
        nth = (row_bits.astype(np.uint64) * counts) >> np.uint64(32)
        return rules, self.first[rules] + nth.astype(np.int64)
