"""Confidence intervals: of a share of items, and of a mean over seeds."""

from dataclasses import dataclass
from math import sqrt
from typing import final

from numpy.typing import ArrayLike
from scipy import special

from seqreason.errors import DataError
from seqreason.statistics.inputs import Numbers, check_probability, check_seeds, checked_numbers


@final
@dataclass(frozen=True)
class Interval:
    """An estimate and its limits: *low* ≤ *estimate* ≤ *high*, in the unit of the estimate.

    Over repeated experiments, a share of *confidence* (0–1) of the intervals has the true value.

    Raises:
        DataError: the three are not in order.
    """

    estimate: float
    low: float
    high: float
    confidence: float

    def __post_init__(self) -> None:
        if not self.low <= self.estimate <= self.high:
            raise DataError(
                f"an interval: expected low ≤ estimate ≤ high, "
                f"got {self.low}, {self.estimate}, {self.high}"
            )

    def cut(self, low: float, high: float) -> "Interval":
        """This interval with its limits clipped to *low* … *high*."""
        return Interval(self.estimate, max(self.low, low), min(self.high, high), self.confidence)


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    """The share of *successes* with Wilson's score interval, which stays within 0 … 1.

    It covers only the choice of items. `two_level` covers another training, too.

    Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association, 1927; recommended by Brown, Cai & DasGupta, "Interval
    estimation for a binomial proportion", Statistical Science, 2001.

    Raises:
        DataError: there is no trial, or more successes than trials.
        SpecError: *confidence* is not between 0 and 1.
    """
    check_probability(confidence, name="confidence", where="wilson")
    if trials < 1 or not 0 <= successes <= trials:
        raise DataError(
            f"wilson: expected 0 ≤ successes ≤ trials and at least 1 trial, "
            f"got {successes} of {trials}"
        )
    share, square = successes / trials, normal_quantile(confidence) ** 2
    shrinkage = 1 + square / trials
    centre = (share + square / (2 * trials)) / shrinkage
    radius = sqrt(square * (share * (1 - share) / trials + square / (4 * trials**2))) / shrinkage
    # For a share of 0 or 1, a limit is the share itself, except for rounding.
    low, high = min(centre - radius, share), max(centre + radius, share)
    return Interval(share, low, high, confidence).cut(0, 1)


def student(values: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """The mean of *values*, one for each seed, with Student's t interval.

    It is exact for normal values, even for few. If a value is a mean over items of that seed's own
    draw, the interval covers both seeds and items. It has no bounds: for accuracies near 1, the
    upper limit may be above 1.

    Student, "The probable error of a mean", Biometrika, 1908.

    Shapes:
        values: (seeds,)

    Raises:
        ShapeError: *values* has other axes.
        DataError: there are fewer than two values, or one is not finite.
        SpecError: *confidence* is not between 0 and 1.
    """
    check_probability(confidence, name="confidence", where="student")
    numbers = checked_numbers(values, "seeds", where="student")
    check_seeds(len(numbers), where="student", instead="train at another seed")
    mean, error = float(numbers.mean()), standard_error(numbers)
    radius = student_quantile(confidence, degrees=len(numbers) - 1) * error
    return Interval(mean, mean - radius, mean + radius, confidence)


def standard_error(values: Numbers) -> float:
    """The standard error of the mean of at least two values, shape (seeds,)."""
    return float(values.std(ddof=1)) / sqrt(len(values))


def normal_quantile(confidence: float) -> float:
    """The z for which a standard normal number lies in -z … z with probability *confidence*."""
    return float(special.ndtri((1 + confidence) / 2))


def student_quantile(confidence: float, *, degrees: float) -> float:
    """The same for Student's t with *degrees* of freedom."""
    return float(special.stdtrit(degrees, (1 + confidence) / 2))


def student_p_value(statistic: float, *, degrees: float) -> float:
    """The probability that Student's t is at least as far from 0 as *statistic*."""
    return float(2 * special.stdtr(degrees, -abs(statistic)))
