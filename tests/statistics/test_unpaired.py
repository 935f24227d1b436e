import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.randomness import Stream
from seqreason.statistics import UnpairedDifference, unpaired_difference, wilson
from seqreason.structures.axes import ShapeError

ARM = st.tuples(st.integers(1, 6), st.integers(1, 40)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
ARMS = st.tuples(ARM, ARM)
EXPERIMENTS = 2000


def one_seed(right, items):
    return (np.arange(items) < right)[None]


@pytest.fixture
def simulated_pairs(simulated_answers, effort):
    """Experiments of two arms that are equally accurate, by their seeds and spreads."""

    def simulate(stream, *, seeds, spreads):
        arms = [
            simulated_answers(
                stream.child(side), experiments=effort.of(EXPERIMENTS), seeds=count, spread=spread
            )
            for side, count, spread in zip(("left", "right"), seeds, spreads, strict=True)
        ]
        return zip(*arms, strict=True)

    return simulate


@pytest.mark.parametrize(
    ("left", "right", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1),
        ((10, 10), (0, 10), 0.6075, 1),
    ],
)
def test_of_one_seed_the_interval_is_that_newcombe_published(left, right, low, high):
    # Newcombe, "Interval estimation for the difference …", 1998, table II, method 10.
    found = unpaired_difference(one_seed(*left), one_seed(*right))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=5e-5)
    assert not found.covers_seeds


@given(ARMS)
def test_without_a_spread_that_is_seen_the_p_value_is_the_chi_square_test_s(arms):
    found = unpaired_difference(*arms)
    table = [[arm.sum(), (~arm).sum()] for arm in arms]
    if not found.covers_seeds and np.sum(table, axis=0).all():
        total = arms[0].size + arms[1].size
        pearson = stats.chi2_contingency(table, correction=False).statistic
        assert found.p_value == pytest.approx(stats.chi2.sf(pearson * (total - 1) / total, 1))


@pytest.mark.filterwarnings("ignore:Precision loss")  # of one arm that is the same at every seed
@given(ARMS, st.floats(0.01, 0.999))
def test_with_several_seeds_interval_and_p_value_are_those_of_scipy_s_welch_test(arms, confidence):
    found = unpaired_difference(*arms, confidence=confidence)
    if found.covers_seeds:
        wanted = stats.ttest_ind(*(arm.mean(axis=1) for arm in arms), equal_var=False)
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-6)
        low, high = wanted.confidence_interval(confidence)
        assert found.interval.low == pytest.approx(max(low, -1))
        assert found.interval.high == pytest.approx(min(high, 1))


@given(ARMS)
def test_seeds_are_covered_where_both_arms_have_several_and_one_of_them_a_spread(arms):
    counts = [arm.sum(axis=1) for arm in arms]
    several = all(len(arm) > 1 for arm in arms)
    assert unpaired_difference(*arms).covers_seeds == (several and any(map(np.ptp, counts)))


@given(ARMS, st.floats(0.01, 0.999))
def test_the_interval_holds_the_difference_and_lies_in_minus_1_to_1(arms, confidence):
    found = unpaired_difference(*arms, confidence=confidence).interval
    assert found.estimate == pytest.approx(arms[0].mean() - arms[1].mean())
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@given(ARMS)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(arms):
    found, swapped = unpaired_difference(*arms), unpaired_difference(*reversed(arms))
    assert swapped.p_value == pytest.approx(found.p_value)
    flipped = (-found.interval.high, -found.interval.estimate, -found.interval.low)
    rows = (swapped.interval.low, swapped.interval.estimate, swapped.interval.high)
    assert rows == pytest.approx(flipped)


@given(ARMS, st.integers(0, 2**32))
def test_the_order_of_items_changes_nothing(arms, seed):
    shuffled = [arm[:, Stream.of(seed).permutation(arm.shape[1])] for arm in arms]
    assert unpaired_difference(*arms) == unpaired_difference(*shuffled)


@pytest.mark.parametrize("seeds", [(3, 3), (3, 5), (5, 5), (5, 10)])
@pytest.mark.parametrize("spreads", [(0.0, 0.0), (0.02, 0.02), (0.01, 0.04)])
def test_the_interval_covers_the_truth_as_often_as_it_says(
    stream, simulated_pairs, share_covering, effort, seeds, spreads
):
    found = [
        unpaired_difference(left, right)
        for left, right in simulated_pairs(stream, seeds=seeds, spreads=spreads)
    ]
    slack = effort.slack(EXPERIMENTS)
    assert 0.93 - slack < share_covering([one.interval for one in found], 0) < 0.97 + slack
    assert np.mean([one.p_value <= 0.05 for one in found]) <= 0.06 + slack


def test_two_seeds_beside_many_cost_the_coverage_that_the_docstring_says(
    stream, simulated_pairs, share_covering, effort
):
    covered = [
        share_covering(
            [
                unpaired_difference(left, right).interval
                for left, right in simulated_pairs(stream, seeds=(2, 10), spreads=spreads)
            ],
            0,
        )
        for spreads in [(0.04, 0.02), (0.02, 0.02), (0.0, 0.04)]
    ]
    room = 0.015 + effort.slack(EXPERIMENTS, 0.9)
    assert covered == pytest.approx([0.88, 0.90, 0.95], abs=room)


def test_of_one_seed_the_interval_covers_the_items(stream, simulated_pairs, share_covering, effort):
    found = [
        unpaired_difference(left, right)
        for left, right in simulated_pairs(stream, seeds=(1, 1), spreads=(0.0, 0.0))
    ]
    slack = effort.slack(EXPERIMENTS)
    assert 0.93 - slack < share_covering([one.interval for one in found], 0) < 0.97 + slack
    assert np.mean([one.p_value <= 0.05 for one in found]) <= 0.06 + slack


def test_of_one_seed_another_training_is_not_covered(stream, simulated_pairs, share_covering):
    # What `covers_seeds` warns of: trainings spread as much as items do, and more.
    found = [
        unpaired_difference(left, right).interval
        for left, right in simulated_pairs(stream, seeds=(1, 1), spreads=(0.04, 0.04))
    ]
    assert share_covering(found, 0) < 0.7


def test_one_seed_beside_several_tells_of_all_their_items():
    left, right = one_seed(4, 5), np.array([[True, False], [True, True], [False, False]])
    found = unpaired_difference(left, right)
    assert found == unpaired_difference(left, np.sort(right.reshape(1, -1))[:, ::-1])
    assert found.interval.estimate == pytest.approx(4 / 5 - 3 / 6)
    assert not found.covers_seeds


def test_arms_that_are_always_right_do_not_differ():
    found = unpaired_difference(np.ones((3, 5), dtype=bool), np.ones((2, 10), dtype=bool))
    limits = wilson(15, 15).low - 1, 1 - wilson(20, 20).low
    assert (found.interval.low, found.interval.high) == pytest.approx(limits)
    assert (found.p_value, found.covers_seeds) == (1, False)


def test_arms_without_any_spread_are_reported_apart_by_their_items():
    found = unpaired_difference(np.ones((3, 5), dtype=bool), np.zeros((3, 5), dtype=bool))
    assert isinstance(found, UnpairedDifference)
    assert 0 < found.p_value < 1e-6
    assert found.interval.low < 0.8


def test_an_arm_of_other_axes_is_reported():
    message = r"unpaired_difference, right arm: expected shape \(seeds, items\), got \(3,\)"
    with pytest.raises(ShapeError, match=message):
        unpaired_difference(np.ones((2, 3), dtype=bool), np.ones(3, dtype=bool))


def test_an_empty_arm_is_reported():
    message = "unpaired_difference, left arm: expected at least one of items, got none"
    with pytest.raises(DataError, match=message):
        unpaired_difference(np.ones((2, 0), dtype=bool), np.ones((2, 3), dtype=bool))


def test_an_arm_that_holds_no_booleans_is_reported():
    message = "unpaired_difference, right arm: expected booleans, .* got float64"
    with pytest.raises(DataError, match=message):
        unpaired_difference(np.ones((2, 3), dtype=bool), np.ones((2, 3)))


def test_a_confidence_out_of_range_is_reported():
    arm = np.ones((2, 3), dtype=bool)
    with pytest.raises(SpecError, match="unpaired_difference: expected a confidence above 0"):
        unpaired_difference(arm, arm, confidence=0)
