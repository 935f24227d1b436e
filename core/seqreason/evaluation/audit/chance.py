"""What chance alone explains: the few tests of the audit, by scipy."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped,unused-ignore]  # scipy has no types

_LEAST_EXPECTED: Final = 5.0


class ChiSquare(NamedTuple):
    """A chi-square test: its p-value, and how many cells were compared."""

    p_value: float
    num_cells: int


def most_by_chance(trials: int, share: float, *, risk: float) -> int:
    """The number of successes that is exceeded with a probability of at most *risk*."""
    return int(stats.binom.isf(risk, trials, share))


def greatest_share(successes: int, trials: int, *, risk: float) -> float:
    """The Clopper-Pearson upper limit of a share: it is above that with at most *risk*."""
    if successes == trials:
        return 1.0
    return float(stats.beta.isf(risk, successes + 1, trials - successes))


def fit(counts: NDArray[np.int64], expected: NDArray[np.float64]) -> ChiSquare:
    """Whether *counts* are as *expected*, cells of few expected pooled with their neighbours.

    Neighbours rather than all of them together: where every cell is small, one pool would leave
    nothing to compare.

    Shapes:
        counts, expected: (cells,), of the same sum
    """
    starts = _pools(expected)
    observed, wanted = np.add.reduceat(counts, starts), np.add.reduceat(expected, starts)
    statistic = float(((observed - wanted) ** 2 / wanted).sum())
    cells = len(starts)
    p_value = float(stats.chi2.sf(statistic, cells - 1)) if cells > 1 else 1.0
    return ChiSquare(p_value, cells)


def _pools(expected: NDArray[np.float64]) -> list[int]:
    """Where each pool of neighbouring cells begins; every pool has its least expected count."""
    starts, total = [0], 0.0
    for place, value in enumerate(expected.tolist()):
        if total >= _LEAST_EXPECTED:
            starts.append(place)
            total = 0.0
        total += value
    if total < _LEAST_EXPECTED and len(starts) > 1:
        starts.pop()
    return starts


def independence(rows: NDArray[Any], columns: NDArray[Any]) -> ChiSquare:
    """Whether two properties of the same items are independent; rare columns are pooled.

    Shapes:
        rows, columns: (items,), values of any kind
    """
    _, row = np.unique(rows, return_inverse=True)
    _, column = np.unique(columns, return_inverse=True)
    table = np.zeros((row.max() + 1, column.max() + 1))
    np.add.at(table, (row, column), 1)
    by_frequency = np.argsort(-table.sum(axis=0), kind="stable")
    rarest_row = table.sum(axis=1).min() / len(rows)
    starts = _pools(table.sum(axis=0)[by_frequency] * rarest_row)
    pooled = np.add.reduceat(table[:, by_frequency], starts, axis=1)
    if min(pooled.shape) < 2:
        return ChiSquare(1.0, pooled.size)
    return ChiSquare(float(stats.chi2_contingency(pooled, correction=False).pvalue), pooled.size)
