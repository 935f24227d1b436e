import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.statistics import Interval, student, wilson
from seqreason.structures.axes import ShapeError

CONFIDENCES = st.floats(0.01, 0.999)
# Student's first example: the hours of sleep gained by ten patients.
HOURS = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]


@st.composite
def outcomes(draw):
    trials = draw(st.integers(1, 10_000))
    return draw(st.integers(0, trials)), trials


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_s_intervals_are_those_that_newcombe_published(successes, trials, low, high):
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
    found = wilson(successes, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(outcomes(), CONFIDENCES)
def test_wilson_s_interval_is_that_of_scipy(outcome, confidence):
    found = wilson(*outcome, confidence=confidence)
    wanted = stats.binomtest(*outcome).proportion_ci(confidence, method="wilson")
    assert (found.low, found.high) == pytest.approx(tuple(wanted), abs=1e-12)


@given(outcomes(), CONFIDENCES)
def test_wilson_s_interval_holds_the_share_and_lies_in_0_to_1(outcome, confidence):
    found = wilson(*outcome, confidence=confidence)
    assert 0 <= found.low <= outcome[0] / outcome[1] <= found.high <= 1


@given(outcomes(), st.integers(2, 10))
def test_wilson_s_interval_shrinks_with_more_items(outcome, factor):
    few, many = wilson(*outcome), wilson(outcome[0] * factor, outcome[1] * factor)
    assert many.high - many.low < few.high - few.low


@given(outcomes())
def test_wilson_s_interval_of_failures_mirrors_that_of_successes(outcome):
    found, mirrored = wilson(*outcome), wilson(outcome[1] - outcome[0], outcome[1])
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


@pytest.mark.parametrize("share", [0.5, 0.8, 0.97])
def test_wilson_s_interval_covers_the_truth_as_often_as_it_says(share):
    # No simulation: each outcome's probability is known.
    covered = sum(
        stats.binom.pmf(successes, 500, share)
        for successes in range(501)
        if (found := wilson(successes, 500)).low <= share <= found.high
    )
    assert 0.94 < covered < 0.96


def test_student_s_interval_is_that_of_his_own_example():
    found = student(HOURS)
    assert found.estimate == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), CONFIDENCES)
def test_student_s_interval_is_that_of_scipy(values, confidence):
    found = student(values, confidence=confidence)
    if np.ptp(values) > 1e-6:
        wanted = stats.ttest_1samp(values, 0).confidence_interval(confidence)
        assert (found.low, found.high) == pytest.approx(tuple(wanted), abs=1e-9)
    assert found.low <= found.estimate <= found.high


def test_student_s_interval_of_equal_values_has_no_width():
    assert student([0.5, 0.5, 0.5]) == Interval(0.5, 0.5, 0.5, 0.95)


@pytest.mark.parametrize("seeds", [2, 5, 10])
def test_student_s_interval_covers_the_truth_as_often_as_it_says(stream, share_covering, seeds):
    experiments = 0.9 + 0.02 * stream.normal(np.arange(3000), count=seeds)
    assert 0.93 < share_covering([student(values) for values in experiments], 0.9) < 0.97


def test_an_interval_is_cut_to_the_bounds_of_its_unit():
    assert Interval(0.9, 0.7, 1.1, 0.95).cut(0, 1) == Interval(0.9, 0.7, 1, 0.95)


def test_an_interval_that_misses_its_estimate_is_an_error():
    message = r"an interval: expected low ≤ estimate ≤ high, got 0.2, 0.1, 0.3"
    with pytest.raises(DataError, match=message):
        Interval(0.1, 0.2, 0.3, 0.95)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 3), (4, 3)])
def test_wilson_tells_of_impossible_counts(successes, trials):
    message = rf"wilson: expected 0 ≤ successes ≤ trials .* got {successes} of {trials}"
    with pytest.raises(DataError, match=message):
        wilson(successes, trials)


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_that_is_no_probability_is_an_error(confidence):
    message = rf"wilson: expected a confidence above 0 and below 1, got {confidence}"
    with pytest.raises(SpecError, match=message):
        wilson(1, 2, confidence=confidence)
    with pytest.raises(SpecError, match="student: expected a confidence above 0 and below 1"):
        student(HOURS, confidence=confidence)


def test_student_tells_of_a_single_seed():
    message = "student: expected at least 2 seeds to show a spread, got 1; train at another"
    with pytest.raises(DataError, match=message):
        student([0.9])


def test_student_tells_of_no_values():
    with pytest.raises(DataError, match="student: expected at least one of seeds, got none"):
        student([])


def test_student_tells_of_other_axes():
    with pytest.raises(ShapeError, match=r"student: expected shape \(seeds\), got \(2, 3\)"):
        student(np.zeros((2, 3)))


def test_student_tells_of_a_number_that_is_not_finite():
    with pytest.raises(DataError, match="student: expected finite numbers, got nan"):
        student([0.1, float("nan")])
