import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.statistics import (
    Interval,
    PairedMeanDifference,
    paired_difference,
    paired_mean_difference,
)
from seqreason.structures.axes import ShapeError

VALUES = st.floats(-1e3, 1e3)
ARMS = st.integers(2, 12).flatmap(
    lambda seeds: st.tuples(*(arrays(np.float64, seeds, elements=VALUES) for _ in "ab"))
)
EXPERIMENTS = 3000


def test_interval_and_p_value_are_those_of_student_s_own_example():
    # Two drugs and the hours of sleep that each gave to ten patients; R's t.test(paired = TRUE).
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = paired_mean_difference(first, second)
    assert found.interval.estimate == pytest.approx(-1.58)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (-2.4598858, -0.7001142), abs=5e-8
    )
    assert found.p_value == pytest.approx(0.002833, abs=5e-7)
    assert found.covers_seeds


@given(ARMS, st.floats(0.01, 0.999))
def test_interval_and_p_value_are_those_of_scipy_s_paired_t_test(arms, confidence):
    found = paired_mean_difference(*arms, confidence=confidence)
    if np.ptp(arms[0] - arms[1]) > 1e-6:
        wanted = stats.ttest_rel(*arms)
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-6)
        limits = tuple(wanted.confidence_interval(confidence))
        assert (found.interval.low, found.interval.high) == pytest.approx(limits, abs=1e-9)
    assert found.interval.low <= found.interval.estimate <= found.interval.high


def test_of_accuracies_it_is_what_the_paired_difference_is(stream):
    left, right = (stream.child(side).uniform(np.arange(5), count=40) < 0.8 for side in "ab")
    found = paired_mean_difference(left.mean(axis=1), right.mean(axis=1))
    wanted = paired_difference(left, right)
    assert found.p_value == pytest.approx(wanted.p_value)
    assert found.by_seed == pytest.approx(wanted.by_seed)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (wanted.interval.low, wanted.interval.high)
    )


@given(ARMS)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(arms):
    found, swapped = paired_mean_difference(*arms), paired_mean_difference(*reversed(arms))
    assert swapped.p_value == found.p_value
    assert swapped.by_seed == tuple(-difference for difference in found.by_seed)
    assert (swapped.interval.low, swapped.interval.high) == (
        -found.interval.high,
        -found.interval.low,
    )


@pytest.mark.parametrize("seeds", [2, 5, 10])
def test_the_interval_covers_the_truth_as_often_as_it_says(stream, share_covering, seeds):
    # What a seed has in both arms is far more than what the arms differ by.
    shared = 10 * stream.child("shared").normal(np.arange(EXPERIMENTS), count=seeds)
    left, right = (stream.child(side).normal(np.arange(EXPERIMENTS), count=seeds) for side in "ab")
    found = [
        paired_mean_difference(*arms) for arms in zip(shared + left, shared + right, strict=True)
    ]
    assert 0.93 < share_covering([one.interval for one in found], 0) < 0.97
    assert np.mean([one.p_value <= 0.05 for one in found]) <= 0.06


def test_the_result_has_the_difference_at_each_seed():
    assert paired_mean_difference([3.0, 5.0], [1.0, 2.0]).by_seed == (2.0, 3.0)


def test_arms_that_are_alike_at_every_seed_do_not_differ():
    found = paired_mean_difference([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    assert found == PairedMeanDifference(
        Interval(0, 0, 0, 0.95), 1.0, (0.0, 0.0, 0.0), covers_seeds=False
    )


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_the_same_lead_at_every_seed_is_as_sure_as_a_sign_test_makes_it(seeds):
    found = paired_mean_difference([0.5] * seeds, [0.25] * seeds)
    assert found.p_value == pytest.approx(stats.binomtest(seeds, seeds).pvalue)
    assert found.interval == Interval(0.25, 0.25, 0.25, 0.95)
    assert not found.covers_seeds


@given(st.lists(VALUES, min_size=2, max_size=12), VALUES)
def test_the_rounding_of_a_lead_that_is_the_same_at_every_seed_is_no_spread(values, lead):
    right = np.array(values)
    found = paired_mean_difference(right + lead, right)
    assert not found.covers_seeds
    assert found.p_value in (1, 0.5 ** (len(values) - 1))


def test_arms_of_different_sizes_are_reported():
    message = (
        r"paired_mean_difference: expected two arms of one shape \(seeds\), the same seeds in "
        r"both, got \(3,\) on the left and \(2,\) on the right"
    )
    with pytest.raises(ShapeError, match=message):
        paired_mean_difference([1, 2, 3], [1, 2])


def test_a_single_seed_is_an_error():
    message = "paired_mean_difference: expected at least 2 seeds.* got 1; train at another seed"
    with pytest.raises(DataError, match=message):
        paired_mean_difference([1.0], [2.0])


def test_no_seeds_are_reported():
    message = "paired_mean_difference, left arm: expected at least one of seeds, got none"
    with pytest.raises(DataError, match=message):
        paired_mean_difference([], [])


def test_a_table_of_values_is_an_error():
    message = r"paired_mean_difference, right arm: expected shape \(seeds\), got \(1, 2\)"
    with pytest.raises(ShapeError, match=message):
        paired_mean_difference([1.0, 2.0], [[1.0, 2.0]])


def test_a_number_that_is_not_finite_is_an_error():
    message = "paired_mean_difference, right arm: expected finite numbers, got nan"
    with pytest.raises(DataError, match=message):
        paired_mean_difference([1.0, 2.0], [1.0, float("nan")])


def test_a_confidence_out_of_range_is_an_error():
    with pytest.raises(SpecError, match="paired_mean_difference: expected a confidence above 0"):
        paired_mean_difference([1.0, 2.0], [1.0, 3.0], confidence=95)
