"""Scores over many tasks and seeds, in one robust number."""

import numpy as np
from numpy.typing import ArrayLike

from seqreason.randomness import Stream
from seqreason.statistics.inputs import Numbers, check_count, check_probability, checked_numbers
from seqreason.statistics.intervals import Interval


def interquartile_mean(scores: ArrayLike) -> float:
    """The mean of the middle half of all scores, over tasks × seeds.

    The lowest and the highest quarter are left out, each rounded down to whole scores. It is more
    robust than the mean and uses more scores than the median.

    Agarwal, Schwarzer, Castro, Courville & Bellemare, "Deep reinforcement learning at the edge of
    the statistical precipice", NeurIPS 2021, section 4.3.

    Shapes:
        scores: (seeds, tasks), comparable between tasks, such as accuracies

    Raises:
        ShapeError: *scores* has other axes.
        DataError: there are no seeds or no tasks, or a score is not finite.
    """
    numbers = checked_numbers(scores, "seeds tasks", where="interquartile_mean")
    return float(_middle_means(numbers.reshape(1, -1))[0])


def interquartile_mean_interval(
    scores: ArrayLike, *, stream: Stream, confidence: float = 0.95, num_resamples: int = 10_000
) -> Interval:
    """The interquartile mean with a stratified percentile bootstrap interval.

    Each task is a stratum whose seeds are resampled separately (Agarwal et al., section 4.1). The
    interval covers other seeds and their items, not other tasks. It assumes that seeds of different
    tasks are independent. With few seeds it is too narrow, because resamples have (seeds - 1) /
    seeds of their variance. Over 10 tasks, 95 % intervals cover 87 % at 3 seeds, 91 % at 5 and 93 %
    at 10. With one seed the interval has no width.

    Shapes:
        scores: (seeds, tasks)

    Raises:
        ShapeError: *scores* has other axes.
        DataError: there are no seeds or no tasks, or a score is not finite.
        SpecError: *confidence* is not between 0 and 1, or *num_resamples* is below 1.
    """
    where = "interquartile_mean_interval"
    check_probability(confidence, name="confidence", where=where)
    check_count(num_resamples, name="num_resamples", where=where)
    numbers = checked_numbers(scores, "seeds tasks", where=where)
    seeds, tasks = numbers.shape
    drawn = stream.below(np.arange(num_resamples), seeds, count=numbers.size)
    resampled = numbers[drawn.reshape(-1, seeds, tasks), np.arange(tasks)]
    means = _middle_means(resampled.reshape(num_resamples, -1))
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
    estimate = interquartile_mean(numbers)
    # The interquartile mean is not linear, so a skewed bootstrap may leave the estimate outside.
    return Interval(estimate, min(low, estimate), max(high, estimate), confidence)


def _middle_means(scores: Numbers) -> Numbers:
    """The mean of the middle half of each row of (rows, scores)."""
    size = scores.shape[1]
    left_out = size // 4
    return np.asarray(np.sort(scores, axis=1)[:, left_out : size - left_out].mean(axis=1))
