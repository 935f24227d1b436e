"""How far chance alone explains a count: tests of whether draws are as they were declared."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

# The usual rule for a chi-square test: Cochran, "Some methods for strengthening the common χ²
# tests", Biometrics, 1954.
_LEAST_EXPECTED: Final = 5.0


class ChiSquare(NamedTuple):
    """A chi-square test: its p value, and the number of cells that were compared."""

    p_value: float
    num_cells: int


def most_by_chance(trials: int, share: float, *, risk: float) -> int:
    """The least number of successes that chance exceeds with a probability of at most *risk*."""
    exceeding = special.bdtrc(np.arange(trials + 1), trials, share)
    return int(np.argmax(exceeding <= risk))


def greatest_share(successes: int, trials: int, *, risk: float) -> float:
    """The upper limit of a share, which the true share exceeds with a probability of *risk*.

    Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika, 1934.
    """
    if successes == trials:
        return 1.0
    return float(special.betainccinv(successes + 1, trials - successes, risk))


def fit(counts: Counts, expected: Floats) -> ChiSquare:
    """Whether *counts* are as *expected*; see `pooled` for cells that expect few.

    Shapes:
        counts, expected: (cells,), of the same sum
    """
    observed, wanted = pooled(counts, expected)
    return _chi_square(observed, wanted, len(wanted) - 1)


def pooled(
    counts: Counts, expected: Floats, *, least_expected: float = _LEAST_EXPECTED
) -> tuple[Counts, Floats]:
    """Both with neighbouring cells added up until each expects at least *least_expected*.

    Neighbours are added up, rather than all cells that expect few: where every cell does, one
    pool of them would leave nothing to compare.

    Shapes:
        counts, expected: (cells,)
        returns: two of (pools,)
    """
    starts = _pools(expected, least_expected)
    return np.add.reduceat(counts, starts), np.add.reduceat(expected, starts)


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
    starts = _pools(table.sum(axis=0)[by_frequency] * rarest_row, _LEAST_EXPECTED)
    observed = np.add.reduceat(table[:, by_frequency], starts, axis=1)
    if min(observed.shape) < 2:
        return ChiSquare(1.0, observed.size)
    margins = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0, keepdims=True)
    freedom = (observed.shape[0] - 1) * (observed.shape[1] - 1)
    return _chi_square(observed, margins / observed.sum(), freedom)


def _chi_square(observed: NDArray[Any], expected: Floats, freedom: int) -> ChiSquare:
    statistic = ((observed - expected) ** 2 / expected).sum()
    return ChiSquare(float(special.chdtrc(freedom, statistic)) if freedom else 1.0, observed.size)


def _pools(expected: Floats, least_expected: float) -> list[int]:
    """Where each pool of neighbouring cells begins; each expects *least_expected* or more."""
    starts, total = [0], 0.0
    for place, value in enumerate(expected.tolist()):
        if total >= least_expected:
            starts.append(place)
            total = 0.0
        total += value
    if total < least_expected and len(starts) > 1:
        starts.pop()
    return starts
