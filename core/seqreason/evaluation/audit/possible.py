"""All sequences that a generator declares, over all lengths, each of them once."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.structures.sequences import PADDING, Sequences

Integers = NDArray[np.int64]


@final
@dataclass(frozen=True)
class Possible:
    """The distinct declared sequences of all lengths, and the probability of each.

    Shapes:
        symbols: (rows, time + 1), int64, the shown symbols, the answer, then `PADDING`
        lengths: (rows,), int64, the number of shown symbols
        probabilities: (rows,), float64, above 0
    """

    symbols: Integers
    lengths: Integers
    probabilities: NDArray[np.float64]

    @classmethod
    def of(cls, generator: SequenceGenerator) -> "Possible | None":
        """The sequences that *generator* declares; None if it cannot enumerate them."""
        if not isinstance(generator, EnumerableGenerator):
            return None
        shares = {n: share for n, share in generator.length_probabilities().items() if share > 0}
        tables = [(generator.hypotheses(length), share) for length, share in shares.items()]
        width = max(shares) + 1
        rows = np.concatenate([widened(table.symbols, width) for table, _ in tables])
        weights = np.concatenate([table.probabilities * share for table, share in tables])
        symbols, place = np.unique(rows, axis=0, return_inverse=True)
        probabilities = np.bincount(place.ravel(), weights=weights).astype(np.float64)
        symbols = symbols[probabilities > 0]
        lengths = np.asarray((symbols != PADDING).sum(axis=1) - 1, dtype=np.int64)
        return cls(symbols, lengths, probabilities[probabilities > 0])

    @property
    def answers(self) -> Integers:
        """The symbol after the last shown one, shape (rows,)."""
        return np.take_along_axis(self.symbols, self.lengths[:, None], axis=1)[:, 0]

    @property
    def last_shown(self) -> Integers:
        """The last shown symbol, shape (rows,)."""
        return np.take_along_axis(self.symbols, self.lengths[:, None] - 1, axis=1)[:, 0]

    def places_of(self, sequences: Sequences) -> Integers:
        """The row of each drawn sequence, and -1 for a sequence that is not declared.

        Shapes:
            returns: (sequences,)
        """
        width = max(self.symbols.shape[1], sequences.symbols.shape[1])
        both = np.concatenate([widened(self.symbols, width), widened(sequences.symbols, width)])
        contents, content = np.unique(both, axis=0, return_inverse=True)
        content = content.ravel()
        row_of = np.full(len(contents), -1)
        row_of[content[: len(self.symbols)]] = np.arange(len(self.symbols))
        return row_of[content[len(self.symbols) :]]

    def ambiguous_share(self) -> float:
        """The probability of a prefix that has more than one continuation."""
        prefixes = self.symbols.copy()
        np.put_along_axis(prefixes, self.lengths[:, None], PADDING, axis=1)
        _, prefix = np.unique(prefixes, axis=0, return_inverse=True)
        # Rows are distinct, so two rows with one prefix are two continuations.
        return float(self.probabilities[np.bincount(prefix.ravel())[prefix.ravel()] > 1].sum())


def widened(symbols: Integers, width: int) -> Integers:
    """*symbols* with `PADDING` up to *width* columns.

    Shapes:
        symbols: (rows, time)
        returns: (rows, width)
    """
    missing = width - symbols.shape[1]
    return np.pad(symbols, ((0, 0), (0, missing)), constant_values=PADDING)
