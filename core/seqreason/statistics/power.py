"""The difference between two recipes that the paired t test over seeds can find."""

from math import isnan, sqrt
from typing import Final

from numpy.typing import ArrayLike
from scipy import optimize, special

from seqreason.errors import SpecError
from seqreason.statistics.inputs import check_probability, check_seeds, checked_numbers
from seqreason.statistics.intervals import student_quantile

_WHERE: Final = "detectable_difference"
_INSTEAD: Final = "train at another seed"


def minimum_detectable_difference(
    differences_by_seed: ArrayLike, *, power: float = 0.8, significance: float = 0.05
) -> float:
    """The true difference that `paired_difference` would have found with probability *power*.

    It uses the spread of the differences, not their mean: power at the observed difference would
    only repeat the p value (Hoenig & Heisey, "The abuse of power", The American Statistician,
    2001). With few seeds it is a rough number: 5 seeds give the spread to within a factor of 0.6 to
    2.9. It is 0 if all differences are equal.

    Shapes:
        differences_by_seed: (seeds,); the result is in their unit

    Raises:
        ShapeError: *differences_by_seed* has other axes.
        DataError: there are fewer than two seeds, or a difference is not finite.
        SpecError: *power* or *significance* is not between 0 and 1, or power is not the greater.
    """
    where = "minimum_detectable_difference"
    differences = checked_numbers(differences_by_seed, "seeds", where=where)
    check_seeds(len(differences), where=where, instead=_INSTEAD)
    num_seeds, spread = len(differences), float(differences.std(ddof=1))
    return detectable_difference(
        spread, num_seeds=num_seeds, power=power, significance=significance
    )


def detectable_difference(
    spread: float, *, num_seeds: int, power: float = 0.8, significance: float = 0.05
) -> float:
    """The true difference that `paired_difference` will find with probability *power*.

    It is for planning a run: assume the standard deviation *spread* of the differences between
    seeds. The t statistic of a true difference d is noncentral t with noncentrality d √seeds /
    spread. The test is two-sided.

    Cohen, *Statistical power analysis for the behavioral sciences*, 1988, chapter 2.

    Raises:
        DataError: there are fewer than two seeds.
        SpecError: *spread* is negative or not finite, *power* or *significance* is not between
            0 and 1, power is not the greater, or these seeds are too few for the significance (2
            seeds are for 0.00001).
    """
    check_seeds(num_seeds, where=_WHERE, instead=_INSTEAD)
    check_probability(power, name="power", where=_WHERE)
    check_probability(significance, name="significance", where=_WHERE)
    if not 0 <= spread < float("inf"):
        raise SpecError(f"{_WHERE}: expected a finite spread of at least 0, got {spread}")
    if power <= significance:
        raise SpecError(
            f"{_WHERE}: expected a power above the significance, which is the power at no "
            f"difference, got power {power} and significance {significance}"
        )
    noncentrality = _noncentrality(num_seeds - 1, power=power, significance=significance)
    return spread * noncentrality / sqrt(num_seeds)


def _noncentrality(degrees: int, *, power: float, significance: float) -> float:
    critical = student_quantile(1 - significance, degrees=degrees)

    def excess(noncentrality: float) -> float:
        # The square of noncentral t is noncentral F: one tail, where scipy's t may be nan.
        return float(1 - special.ncfdtr(1, degrees, noncentrality**2, critical**2) - power)

    upper = critical
    while excess(upper) < 0:
        upper *= 2
    if isnan(excess(upper)):
        raise SpecError(
            f"{_WHERE}: expected a significance that {degrees + 1} seeds can reach, "
            f"got {significance}; plan for more seeds"
        )
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-12))
