"""The difference of two arms on the same items or at the same seeds."""

from dataclasses import dataclass
from math import sqrt
from typing import Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from seqreason.randomness import Integers
from seqreason.statistics.inputs import check_probability, check_seeds, checked_arms, checked_pairs
from seqreason.statistics.intervals import (
    Interval,
    normal_quantile,
    standard_error,
    student,
    student_p_value,
)

_FEWEST_FOR_CHI_SQUARE: Final = 25
_WHERE: Final = "paired_difference"


@final
@dataclass(frozen=True)
class McNemar:
    """McNemar's test: the discordant pairs, and the p value for arms that are equally accurate.

    *left_only* items are answered rightly on the left alone, *right_only* on the right alone.
    """

    left_only: int
    right_only: int
    p_value: float


@final
@dataclass(frozen=True)
class PairedDifference:
    """The left accuracy minus the right one, a share (-1 … 1), with its uncertainty.

    Attributes:
        by_seed: the difference at each seed.
        pairs: McNemar's test over the items of all seeds together.
        covers_seeds: whether interval and p value hold for trainings at other seeds; if not, they
            hold only for these trained models.
    """

    interval: Interval
    p_value: float
    by_seed: tuple[float, ...]
    pairs: McNemar
    covers_seeds: bool


@final
@dataclass(frozen=True)
class PairedMeanDifference:
    """The left mean minus the right one, in the metric's unit, with its uncertainty.

    Attributes:
        by_seed: the difference at each seed.
        covers_seeds: false if the differences are all equal. Then the interval has no width and
            says nothing about trainings at other seeds.
    """

    interval: Interval
    p_value: float
    by_seed: tuple[float, ...]
    covers_seeds: bool


def mcnemar(left_is_right: ArrayLike, right_is_right: ArrayLike) -> McNemar:
    """The two-sided test of whether two trained models are equally accurate on the same items.

    It uses the discordant pairs: the items that only one model answers rightly. For fewer than 25
    it is the exact binomial test, which is conservative. Otherwise (left_only - right_only)² /
    (left_only + right_only) is chi-square with one degree of freedom. There is no continuity
    correction, which would make it conservative, too (Fagerland, Lydersen & Laake, "The McNemar
    test for binary matched-pairs data", BMC Medical Research Methodology, 2013). Without a
    discordant pair the p value is 1.

    The p value covers only the choice of items. `paired_difference` covers trainings at other
    seeds, too.

    McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika, 1947.

    Shapes:
        left_is_right, right_is_right: (items,), booleans, the same items in both

    Raises:
        ShapeError: an arm has other axes, or the two have different sizes.
        DataError: an arm has no items or does not hold booleans.
    """
    left, right = checked_arms(left_is_right, right_is_right, "items", where="mcnemar")
    return _of_counts(int((left & ~right).sum()), int((right & ~left).sum()))


def paired_difference(
    left_by_seed: ArrayLike, right_by_seed: ArrayLike, *, confidence: float = 0.95
) -> PairedDifference:
    """The difference in accuracy of two recipes, by Student's paired t test over seeds.

    The difference at a seed is one value. Items are drawn anew at every seed, so the spread of the
    values contains the noise of items, trainings and their pairing. Dietterich, "Approximate
    statistical tests for comparing supervised classification learning algorithms", Neural
    Computation, 1998, says why trainings must vary. Cameron, Gelbach & Miller, "Bootstrap-based
    improvements for inference with clustered errors", Review of Economics and Statistics, 2008,
    treat few clusters. At 500 items and 5 or 10 seeds, its 95 % intervals cover 95 % at any spread
    between seeds. Two other methods fail in the tests. Resampling the seeds covers too little.
    McNemar's test of all pairs together finds too many differences between equal arms, because it
    ignores that trainings differ.

    Its limits: it assumes normal values. If the arms are equal, their differences are symmetric,
    and rare failures of trainings make the test conservative. If only one arm fails now and then,
    the interval covers less: 89 % at 5 seeds, if one training in ten loses 8 points. With 2 or 3
    seeds it is valid but wide: the quantile is 12.7 or 4.3. The uncertainty of items that all seeds
    share is not covered.

    One seed, or seeds with equal differences, show no spread. Then `covers_seeds` is false, and
    only the choice of items is covered. The p value is McNemar's over all pairs. The interval is
    the adjusted Wald interval of matched pairs (Agresti & Min, "Simple improved confidence
    intervals for comparing matched proportions", Statistics in Medicine, 2005).

    Shapes:
        left_by_seed, right_by_seed: (seeds, items), booleans, the same items in both

    Raises:
        ShapeError: an arm has other axes, or the two have different sizes.
        DataError: an arm has no seeds or items, or does not hold booleans.
        SpecError: *confidence* is not between 0 and 1.
    """
    check_probability(confidence, name="confidence", where=_WHERE)
    left, right = checked_arms(left_by_seed, right_by_seed, "seeds items", where=_WHERE)
    leads: Integers = left.sum(axis=1) - right.sum(axis=1)
    differences = leads / left.shape[1]
    pairs = mcnemar(left.ravel(), right.ravel())
    covers_seeds = bool((leads != leads[0]).any())
    if covers_seeds:
        interval, p_value = student(differences, confidence=confidence), _t_test(differences)
    else:
        interval = _of_pairs(pairs, num_pairs=left.size, confidence=confidence)
        p_value = pairs.p_value
    return PairedDifference(
        interval.cut(-1, 1), p_value, tuple(differences.tolist()), pairs, covers_seeds
    )


def paired_mean_difference(
    left_by_seed: ArrayLike, right_by_seed: ArrayLike, *, confidence: float = 0.95
) -> PairedMeanDifference:
    """The difference in any metric of two recipes, by Student's paired t test over seeds.

    It is `paired_difference` for one number at each seed, such as a calibration error or seconds,
    and has the same limits. The interval ignores bounds of the metric.

    If the differences are all equal, except for rounding, the t test would divide by 0. Then the p
    value is that of the sign test: 1 if the differences are 0, and otherwise 1 / 2^(seeds - 1).
    With this probability, equal recipes lead at all seeds or at none (Dixon & Mood, "The
    statistical sign test", Journal of the American Statistical Association, 1946). A p value of 0
    would be more certain than a few seeds allow.

    Shapes:
        left_by_seed, right_by_seed: (seeds,), the same seeds in both

    Raises:
        ShapeError: an arm has other axes, or the two have different sizes.
        DataError: there are fewer than two seeds, or a number is not finite.
        SpecError: *confidence* is not between 0 and 1.
    """
    where = "paired_mean_difference"
    check_probability(confidence, name="confidence", where=where)
    left, right = checked_pairs(left_by_seed, right_by_seed, where=where)
    check_seeds(len(left), where=where, instead="train at another seed")
    differences = left - right
    by_seed = tuple(differences.tolist())
    rounding = 4 * np.finfo(np.float64).eps * float(np.abs([left, right]).max())
    if np.ptp(differences) > rounding:
        interval = student(differences, confidence=confidence)
        return PairedMeanDifference(interval, _t_test(differences), by_seed, covers_seeds=True)
    mean = float(differences.mean())
    p_value = 1.0 if abs(mean) <= rounding else 0.5 ** (len(differences) - 1)
    interval = Interval(mean, mean, mean, confidence)
    return PairedMeanDifference(interval, p_value, by_seed, covers_seeds=False)


def _of_counts(left_only: int, right_only: int) -> McNemar:
    discordant = left_only + right_only
    if discordant < _FEWEST_FOR_CHI_SQUARE:
        fewer = min(left_only, right_only)
        return McNemar(left_only, right_only, min(1.0, 2 * special.bdtr(fewer, discordant, 0.5)))
    statistic = (left_only - right_only) ** 2 / discordant
    return McNemar(left_only, right_only, float(special.chdtrc(1, statistic)))


def _t_test(differences: NDArray[np.float64]) -> float:
    """The two-sided p value for a mean of 0 of values that are not all equal."""
    statistic = float(differences.mean()) / standard_error(differences)
    return student_p_value(statistic, degrees=len(differences) - 1)


def _of_pairs(pairs: McNemar, *, num_pairs: int, confidence: float) -> Interval:
    """Agresti and Min's interval: Wald's, with half a pair added to each of the four cells."""
    lead, size = pairs.left_only - pairs.right_only, num_pairs + 2
    discordant = pairs.left_only + pairs.right_only + 1
    radius = normal_quantile(confidence) * sqrt(discordant - lead**2 / size) / size
    # Its centre is nearer to 0 than the difference, so it may miss a difference of ±1.
    difference, centre = lead / num_pairs, lead / size
    low, high = min(centre - radius, difference), max(centre + radius, difference)
    return Interval(difference, low, high, confidence)
