"""Simulated experiments, whose truth is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from seqreason.randomness import Stream
from seqreason.statistics import Interval

NUM_ITEMS = 500


@dataclass(frozen=True)
class Effort:
    """Which part of a simulation's experiments is made."""

    part: float

    def of(self, experiments: int) -> int:
        """How many of all *experiments* are made."""
        return round(self.part * experiments)

    def slack(self, experiments: int, share: float = 0.95) -> float:
        """How much wider than for all *experiments* the bounds of a *share* are.

        Two standard errors: the bounds for all of them leave some room themselves.
        """
        if self.part == 1:
            return 0.0
        return 2 * (share * (1 - share) / self.of(experiments)) ** 0.5


@pytest.fixture(
    params=[
        pytest.param(Effort(0.2), id="a fifth"),
        pytest.param(Effort(1), id="whole", marks=pytest.mark.slow),
    ]
)
def effort(request: pytest.FixtureRequest) -> Effort:
    """A test that asks for it simulates twice: in part by default, and as a whole if asked."""
    return request.param


@dataclass(frozen=True)
class Arms:
    """Two arms' answers to the same items, each of shape (seeds, items)."""

    left: np.ndarray
    right: np.ndarray


def _binomial(stream, trials, share):
    """Binomial numbers of the shape of *share*, by inversion."""
    uniform = stream.uniform(np.arange(share.size))[:, 0].reshape(share.shape)
    return stats.binom.ppf(uniform, trials, share).astype(int)


@pytest.fixture
def simulated_arms() -> Callable[..., Iterator[Arms]]:
    """Experiments in which the true difference at a seed is *difference* + *effects*.

    *effects* has the shape (experiments, seeds) and mean 0. One item in ten is discordant, so
    that items alone spread a seed's difference by √(0.1 / 500) = 0.014.
    """

    def simulate(stream, *, effects, difference=0.0):
        lead = np.clip(difference + effects, -0.1, 0.1)
        left_only = _binomial(stream.child("left"), NUM_ITEMS, (0.1 + lead) / 2)
        others = NUM_ITEMS - left_only
        right_only = _binomial(
            stream.child("right"), others, (0.1 - lead) / 2 / (1 - (0.1 + lead) / 2)
        )
        items = np.arange(NUM_ITEMS)
        for first, second in zip(left_only[..., None], right_only[..., None], strict=True):
            both = items >= 150
            yield Arms(
                left=both | (items < first),
                right=both | ((items >= first) & (items < first + second)),
            )

    return simulate


@pytest.fixture
def simulated_answers() -> Callable[..., Iterator[np.ndarray]]:
    """Experiments in which the true accuracy at a seed is 0.8, with a normal *spread*."""

    def simulate(stream, *, experiments, seeds, spread):
        effects = stream.child("seeds").normal(np.arange(experiments), count=seeds)
        right = _binomial(stream.child("items"), NUM_ITEMS, 0.8 + spread * effects)
        for counts in right[..., None]:
            yield np.arange(NUM_ITEMS) < counts

    return simulate


@pytest.fixture
def share_covering() -> Callable[..., float]:
    """The share of intervals that contain the truth."""

    def share(intervals: list[Interval], truth: float) -> float:
        return np.mean([interval.low <= truth <= interval.high for interval in intervals])

    return share


@pytest.fixture
def stream() -> Stream:
    return Stream.of(0, "statistics")
