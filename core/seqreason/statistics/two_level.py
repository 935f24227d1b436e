"""The accuracy over seeds and its uncertainty from seeds and items, by a hierarchical bootstrap."""

from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from seqreason.randomness import Integers, Stream
from seqreason.statistics.inputs import (
    Answers,
    Numbers,
    check_count,
    check_probability,
    check_seeds,
    checked_answers,
)
from seqreason.statistics.intervals import Interval, normal_quantile, student_quantile, wilson

_WHERE: Final = "two_level"


@final
@dataclass(frozen=True)
class TwoLevelAccuracy:
    """An accuracy with the two standard deviations of its uncertainty, all shares (0–1).

    The squared standard error of the mean is estimated by (between_seeds² + within_seed²) / seeds.

    Attributes:
        between_seeds: of the true accuracies of trainings; 0 if the items explain all differences.
        within_seed: of a training's measured accuracy around its true one, by the choice of items.
    """

    interval: Interval
    between_seeds: float
    within_seed: float


class _Components(NamedTuple):
    """The analysis of variance of answers: *total* is the spread of the seeds' accuracies."""

    accuracies: Numbers
    num_items: int
    total: float
    within: float

    @property
    def between(self) -> float:
        return sqrt(max(0.0, self.total**2 - self.within**2))


def two_level(
    is_right_by_seed: ArrayLike,
    *,
    stream: Stream,
    confidence: float = 0.95,
    num_resamples: int = 10_000,
) -> TwoLevelAccuracy:
    """The mean accuracy over seeds, with an interval that covers other seeds and other items.

    Each seed must have items of its own draw. The uncertainty of items that all seeds share is not
    covered.

    A hierarchical bootstrap resamples seeds, then the items within each (Davison & Hinkley,
    *Bootstrap methods and their application*, 1997, section 3.8). Used plainly it is wrong in two
    ways. The noise of the items already spreads the seeds, so it counts double. And few seeds show
    less than their true spread. At 500 items and 5 seeds, its 95 % intervals cover 98 % if seeds
    have equal accuracies, and 89 % if they differ much. Two corrections follow:

    - The seeds' deviations are scaled to the estimated variance between seeds, as in Carpenter,
      Goldstein & Rasbash, "A novel bootstrap procedure for assessing the relationship between class
      size and achievement", Applied Statistics, 2003.
    - The quantiles are stretched by Student's t over the normal quantile (Hesterberg, "What
      teachers should know about the bootstrap", The American Statistician, 2015).

    The bootstrap adds the skewness near 0 and 1 to Student's interval. The interval is never
    narrower than Wilson's over all items, because a few seeds can agree by luck. If the accuracies
    of seeds are equal, it covers 99 % at 2 seeds and 97 % at 5 and 10.

    Shapes:
        is_right_by_seed: (seeds, items), booleans

    Raises:
        ShapeError: *is_right_by_seed* has other axes.
        DataError: there are fewer than two seeds or no items, or it does not hold booleans.
        SpecError: *confidence* is not between 0 and 1, or *num_resamples* is below 1.
    """
    check_probability(confidence, name="confidence", where=_WHERE)
    check_count(num_resamples, name="num_resamples", where=_WHERE)
    is_right = checked_answers(is_right_by_seed, "seeds items", where=_WHERE)
    check_seeds(len(is_right), where=_WHERE, instead="wilson covers the items of one")
    parts = _analysed(is_right)
    deviations = _deviations(parts, stream=stream, num_resamples=num_resamples)
    tails = np.quantile(deviations, [(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = parts.accuracies.mean() + _stretch(parts, confidence=confidence) * tails
    pooled = wilson(int(is_right.sum()), is_right.size, confidence=confidence)
    interval = Interval(
        pooled.estimate, min(float(low), pooled.low), max(float(high), pooled.high), confidence
    )
    return TwoLevelAccuracy(interval.cut(0, 1), parts.between, parts.within)


def _analysed(is_right: Answers) -> _Components:
    """The components of variance, without bias (Searle, Casella & McCulloch, 1992, chapter 3)."""
    accuracies = is_right.mean(axis=1)
    num_items = is_right.shape[1]
    variance = float((accuracies * (1 - accuracies)).mean()) / max(num_items - 1, 1)
    return _Components(accuracies, num_items, float(accuracies.std(ddof=1)), sqrt(variance))


def _deviations(parts: _Components, *, stream: Stream, num_resamples: int) -> Numbers:
    """The difference of each resample's accuracy from the mean, shape (resamples,)."""
    seeds = len(parts.accuracies)
    resamples = np.arange(num_resamples)
    drawn = stream.child("seeds").below(resamples, seeds, count=seeds)
    uniform = stream.child("items").uniform(resamples, count=seeds)
    of_seeds = parts.accuracies[drawn] - parts.accuracies.mean()
    of_items = _resampled(parts, drawn, uniform) - parts.accuracies[drawn]
    # Resampled seeds have (seeds - 1) / seeds of the variance that the seeds' spread estimates.
    scale = parts.between / parts.total * sqrt(seeds / (seeds - 1)) if parts.total else 0.0
    return np.asarray((scale * of_seeds + of_items).mean(axis=1))


def _resampled(parts: _Components, drawn: Integers, uniform: Numbers) -> Numbers:
    """The accuracies on resampled items of the seeds drawn; all arrays are (resamples, seeds).

    The number of right answers among items drawn with replacement is binomial. So it is drawn by
    inversion, not item by item.
    """
    found = np.empty(drawn.shape)
    counts = np.arange(parts.num_items)
    for seed, accuracy in enumerate(parts.accuracies.tolist()):
        at_most = special.bdtr(counts, parts.num_items, accuracy)
        found[drawn == seed] = np.searchsorted(at_most, uniform[drawn == seed], side="right")
    return found / parts.num_items


def _stretch(parts: _Components, *, confidence: float) -> float:
    """The factor for deviations whose spread is estimated from few seeds."""
    factor = student_quantile(confidence, degrees=len(parts.accuracies) - 1)
    factor /= normal_quantile(confidence)
    # If the items explain the spread of the seeds, the deviations come from the items alone.
    return factor * min(1.0, parts.total / parts.within) if parts.within else factor
