import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.randomness import Stream
from seqreason.statistics import interquartile_mean, interquartile_mean_interval
from seqreason.structures.axes import ShapeError

SCORES = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(0, 1)
)
SEEDS = st.integers(0, 2**32)


def test_the_mean_is_that_of_a_worked_example():
    # Of eight scores two are left out at either end: (3 + 4 + 5 + 6) / 4.
    assert interquartile_mean([[8, 1, 100, 3], [4, 5, 6, -50]]) == 4.5


@given(SCORES)
def test_the_mean_is_the_trimmed_mean_of_scipy(scores):
    wanted = stats.trim_mean(scores, 0.25, axis=None)
    assert interquartile_mean(scores) == pytest.approx(wanted)


def test_the_interval_is_that_of_a_bootstrap_score_by_score(stream, effort):
    scores = stream.uniform(np.arange(5), count=4)
    found = interquartile_mean_interval(scores, stream=stream, num_resamples=10_000)
    means = []
    for resample in range(effort.of(2000)):
        part = stream.child("by hand", str(resample))
        columns = [
            scores[part.child(str(task)).below(np.arange(5), 5)[:, 0], task] for task in range(4)
        ]
        means.append(stats.trim_mean(np.concatenate(columns), 0.25))
    assert (found.low, found.high) == pytest.approx(
        tuple(np.quantile(means, [0.025, 0.975])), abs=0.01 if effort.part == 1 else 0.02
    )


def test_tasks_are_not_resampled(stream):
    # Seeds agree on every task, so nothing is uncertain, however much the tasks differ.
    found = interquartile_mean_interval([[0.1, 0.5, 0.9]] * 4, stream=stream, num_resamples=100)
    assert found.low == found.estimate == found.high


@pytest.mark.parametrize(("seeds", "low", "high"), [(5, 0.88, 0.94), (20, 0.92, 0.97)])
def test_the_interval_covers_as_often_as_its_docstring_says(
    stream, share_covering, effort, seeds, low, high
):
    # Symmetric around 0.7, which is therefore the true mean of the middle.
    scores = np.linspace(0.5, 0.9, 10) + 0.03 * stream.normal(
        np.arange(effort.of(1000) * seeds), count=10
    ).reshape(effort.of(1000), seeds, 10)
    found = [
        interquartile_mean_interval(one, stream=stream.child(str(number)), num_resamples=300)
        for number, one in enumerate(scores)
    ]
    slack = effort.slack(1000, (low + high) / 2)
    assert low - slack < share_covering(found, 0.7) < high + slack


@given(SCORES, SEEDS)
def test_the_interval_holds_the_mean_and_lies_among_the_scores(scores, seed):
    found = interquartile_mean_interval(scores, stream=Stream.of(seed), num_resamples=50)
    assert found.low <= found.estimate <= found.high
    assert found.estimate == interquartile_mean(scores)
    assert scores.min() - 1e-12 <= found.low <= found.high <= scores.max() + 1e-12


@given(SCORES, SEEDS)
def test_the_same_stream_gives_the_same_interval(scores, seed):
    first, second = (
        interquartile_mean_interval(scores, stream=Stream.of(seed), num_resamples=50) for _ in "ab"
    )
    assert first == second


def test_no_scores_are_reported():
    with pytest.raises(DataError, match="interquartile_mean: expected at least one of tasks"):
        interquartile_mean(np.zeros((3, 0)))


def test_a_score_that_is_not_finite_is_reported(stream):
    message = "interquartile_mean_interval: expected finite numbers, got inf"
    with pytest.raises(DataError, match=message):
        interquartile_mean_interval([[float("inf")]], stream=stream)


def test_scores_of_one_axis_are_reported():
    message = r"interquartile_mean: expected shape \(seeds, tasks\), got \(3,\)"
    with pytest.raises(ShapeError, match=message):
        interquartile_mean([1, 2, 3])


def test_settings_out_of_range_are_reported(stream):
    with pytest.raises(SpecError, match="interval: expected a confidence above 0 and below 1"):
        interquartile_mean_interval([[1]], stream=stream, confidence=2)
    with pytest.raises(SpecError, match="interval: expected at least 1 of num_resamples, got 0"):
        interquartile_mean_interval([[1]], stream=stream, num_resamples=0)
