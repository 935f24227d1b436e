from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.randomness import Stream
from seqreason.statistics import McNemar, mcnemar, paired_difference
from seqreason.structures.axes import ShapeError

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 40))
ARMS = SHAPES.flatmap(lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape)))
EXPERIMENTS = 3000


def arms_of(*, both, left_only, right_only, neither):
    counts = [both, left_only, right_only, neither]
    return np.repeat([True, True, False, False], counts), np.repeat(
        [True, False, True, False], counts
    )


def test_the_exact_test_is_that_of_a_published_example():
    # Bentur et al. 2009, in Fagerland, Lydersen & Laake 2013, table 1: 1 and 7 of 21 children.
    found = mcnemar(*arms_of(both=1, left_only=1, right_only=7, neither=12))
    assert (found.left_only, found.right_only) == (1, 7)
    assert found.p_value == pytest.approx(0.0703, abs=5e-5)


def test_the_exact_test_is_that_of_armitage_and_berry():
    # *Statistical methods in medical research*, 1994, p. 127: two media for 50 specimens.
    found = mcnemar(*arms_of(both=20, left_only=12, right_only=2, neither=16))
    assert found.p_value == pytest.approx(0.0129, abs=5e-5)


def test_the_chi_square_test_is_that_of_agresti_without_correction():
    # *Categorical data analysis*, 2002, section 10.1: 86 and 150 of 1600 Britons changed sides,
    # z = -4.17.
    found = mcnemar(*arms_of(both=794, left_only=86, right_only=150, neither=570))
    assert found.p_value == pytest.approx(2 * stats.norm.cdf(-(150 - 86) / 236**0.5))
    assert found.p_value == pytest.approx(2 * stats.norm.cdf(-4.17), rel=0.03)


@pytest.mark.parametrize("left_only", range(25))
def test_below_25_discordant_pairs_the_test_is_the_sum_of_all_outcomes_as_unlikely(left_only):
    for right_only in range(25 - left_only):
        pairs = left_only + right_only
        as_far = [k for k in range(pairs + 1) if abs(2 * k - pairs) >= abs(left_only - right_only)]
        found = mcnemar(*arms_of(both=1, left_only=left_only, right_only=right_only, neither=1))
        assert found.p_value == pytest.approx(sum(comb(pairs, k) for k in as_far) / 2**pairs)


def test_from_25_discordant_pairs_the_test_is_chi_square():
    found = mcnemar(*arms_of(both=0, left_only=17, right_only=8, neither=0))
    assert found.p_value == pytest.approx(stats.chi2.sf(81 / 25, 1))


def test_arms_that_answer_alike_do_not_differ():
    arm = np.array([True, False, True])
    assert mcnemar(arm, arm) == McNemar(0, 0, 1.0)


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_mcnemar_s_test_takes_equal_arms_for_different_as_seldom_as_it_says(
    stream, simulated_arms, effort, share
):
    equal = simulated_arms(stream, effects=np.zeros((effort.of(EXPERIMENTS), 1)))
    p_values = [mcnemar(arms.left[0], arms.right[0]).p_value for arms in equal]
    most = share * 1.2 + effort.slack(EXPERIMENTS, share)
    assert np.mean(np.array(p_values) <= share) < most


@given(ARMS)
def test_with_several_seeds_the_p_value_is_that_of_scipy_s_paired_t_test(arms):
    accuracies = [arm.mean(axis=1) for arm in arms]
    found = paired_difference(*arms)
    if found.covers_seeds:
        wanted = stats.ttest_rel(*accuracies)
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-6)
        low, high = wanted.confidence_interval(0.95)
        assert found.interval.low == pytest.approx(max(low, -1))
        assert found.interval.high == pytest.approx(min(high, 1))


@given(ARMS, st.floats(0.01, 0.999))
def test_the_interval_holds_the_difference_and_lies_in_minus_1_to_1(arms, confidence):
    found = paired_difference(*arms, confidence=confidence).interval
    assert found.estimate == pytest.approx(arms[0].mean() - arms[1].mean())
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@given(ARMS)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(arms):
    found, swapped = paired_difference(*arms), paired_difference(*reversed(arms))
    assert swapped.p_value == found.p_value
    assert swapped.interval.estimate == -found.interval.estimate
    assert (swapped.interval.low, swapped.interval.high) == (
        -found.interval.high,
        -found.interval.low,
    )
    assert swapped.pairs == McNemar(
        found.pairs.right_only, found.pairs.left_only, found.pairs.p_value
    )


@given(ARMS, st.integers(0, 2**32))
def test_the_order_of_items_changes_nothing(arms, seed):
    order = Stream.of(seed).permutation(arms[0].shape[1])
    assert paired_difference(*arms) == paired_difference(*(arm[:, order] for arm in arms))


@given(ARMS)
def test_an_interval_without_0_goes_with_a_small_p_value(arms):
    found = paired_difference(*arms)
    if found.covers_seeds:
        assert (found.p_value < 0.05) == (found.interval.low > 0 or found.interval.high < 0)


@pytest.mark.parametrize("seeds", [5, 10])
@pytest.mark.parametrize("spread", [0.0, 0.01, 0.02])
def test_the_interval_covers_the_truth_as_often_as_it_says(
    stream, simulated_arms, share_covering, effort, seeds, spread
):
    effects = spread * stream.normal(np.arange(effort.of(EXPERIMENTS)), count=seeds)
    simulated = simulated_arms(stream, effects=effects, difference=0.02)
    found = [paired_difference(arms.left, arms.right).interval for arms in simulated]
    slack = effort.slack(EXPERIMENTS)
    assert 0.93 - slack < share_covering(found, 0.02) < 0.97 + slack


@pytest.mark.parametrize("seeds", [3, 5, 10])
@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_equal_recipes_are_taken_for_different_as_seldom_as_said(
    stream, simulated_arms, effort, seeds, spread
):
    effects = spread * stream.normal(np.arange(effort.of(EXPERIMENTS)), count=seeds)
    simulated = simulated_arms(stream, effects=effects)
    p_values = np.array([paired_difference(arms.left, arms.right).p_value for arms in simulated])
    assert np.mean(p_values <= 0.05) <= 0.06 + effort.slack(EXPERIMENTS)


def test_rare_failures_of_training_do_not_make_equal_recipes_different(
    stream, simulated_arms, effort
):
    # In either arm one training in ten fails, and answers 8 % of the items worse.
    failed = stream.uniform(np.arange(effort.of(EXPERIMENTS)), count=10) < 0.1
    effects = 0.08 * (failed[:, :5].astype(float) - failed[:, 5:])
    simulated = simulated_arms(stream, effects=effects)
    p_values = np.array([paired_difference(arms.left, arms.right).p_value for arms in simulated])
    assert np.mean(p_values <= 0.05) <= 0.05 + effort.slack(EXPERIMENTS)


def test_rare_failures_in_one_arm_cost_the_coverage_that_the_docstring_says(
    stream, simulated_arms, share_covering, effort
):
    failed = stream.uniform(np.arange(effort.of(EXPERIMENTS)), count=5) < 0.1
    simulated = simulated_arms(stream, effects=0.08 * (0.1 - failed))
    found = [paired_difference(arms.left, arms.right).interval for arms in simulated]
    room = 0.015 + effort.slack(EXPERIMENTS, 0.89)
    assert share_covering(found, 0) == pytest.approx(0.89, abs=room)


def test_mcnemar_s_test_of_all_seeds_together_is_too_sure(stream, simulated_arms, effort):
    # The reason why `paired_difference` does not use it: seeds spread as much as items do.
    effects = 0.0141 * stream.normal(np.arange(effort.of(EXPERIMENTS)), count=5)
    simulated = simulated_arms(stream, effects=effects)
    p_values = [paired_difference(arms.left, arms.right).pairs.p_value for arms in simulated]
    slack = effort.slack(EXPERIMENTS, 0.17)
    assert 0.15 - slack < np.mean(np.array(p_values) <= 0.05) < 0.19 + slack


def test_resampling_seeds_alone_covers_too_little(stream, simulated_arms, share_covering):
    # The reason why `paired_difference` does not use it.
    effects = 0.02 * stream.normal(np.arange(1000), count=5)
    drawn = stream.child("resampled").below(np.arange(400), 5, count=5)
    covered = 0
    for arms in simulated_arms(stream, effects=effects):
        by_seed = arms.left.mean(axis=1) - arms.right.mean(axis=1)
        low, high = np.quantile(by_seed[drawn].mean(axis=1), [0.025, 0.975])
        covered += low <= 0 <= high
    assert covered / 1000 < 0.88


def test_the_difference_at_each_seed_is_reported():
    left = np.array([[True, True, False, True], [True, True, True, True]])
    right = np.array([[True, False, False, False], [True, True, True, False]])
    found = paired_difference(left, right)
    assert found.by_seed == (0.5, 0.25)
    assert found.pairs == McNemar(3, 0, 0.25)
    assert found.covers_seeds


def test_of_one_seed_the_p_value_is_mcnemar_s_and_covers_no_other_seed():
    left, right = arms_of(both=1, left_only=1, right_only=7, neither=12)
    found = paired_difference(left[None], right[None])
    assert found.p_value == mcnemar(left, right).p_value
    assert not found.covers_seeds


def test_of_one_seed_the_interval_is_agresti_and_min_s():
    # As in the authors' own R function, diffpropci.
    left, right = arms_of(both=794, left_only=150, right_only=86, neither=570)
    found = paired_difference(left[None], right[None]).interval
    centre, size = 64 / 1602, 1602
    radius = stats.norm.ppf(0.975) * np.sqrt((150 + 86 + 1) - 64**2 / size) / size
    assert (found.low, found.high) == pytest.approx((centre - radius, centre + radius))
    # Agresti's example, of which his book gives (0.02, 0.06).
    assert (round(found.low, 2), round(found.high, 2)) == (0.02, 0.06)


def test_of_one_seed_the_interval_covers_the_items(stream, simulated_arms, share_covering, effort):
    simulated = simulated_arms(
        stream, effects=np.zeros((effort.of(EXPERIMENTS), 1)), difference=0.02
    )
    found = [paired_difference(arms.left, arms.right).interval for arms in simulated]
    slack = effort.slack(EXPERIMENTS)
    assert 0.93 - slack < share_covering(found, 0.02) < 0.97 + slack


def test_seeds_that_agree_exactly_promise_no_more_than_their_items():
    left, right = np.ones((5, 1), dtype=bool), np.zeros((5, 1), dtype=bool)
    found = paired_difference(left, right)
    assert found.p_value == 2 / 2**5
    assert not found.covers_seeds
    assert found.interval.low < 0.7
    assert found.interval.high == 1


def test_arms_of_different_sizes_are_reported():
    message = (
        r"paired_difference: expected two arms of one shape \(seeds, items\), the same items in "
        r"both, got \(3, 5\) on the left and \(3, 4\) on the right"
    )
    with pytest.raises(ShapeError, match=message):
        paired_difference(np.ones((3, 5), dtype=bool), np.ones((3, 4), dtype=bool))


def test_an_arm_of_other_axes_is_reported():
    message = r"mcnemar, right arm: expected shape \(items\), got \(1, 3\)"
    with pytest.raises(ShapeError, match=message):
        mcnemar(np.ones(3, dtype=bool), np.ones((1, 3), dtype=bool))


def test_an_empty_arm_is_reported():
    with pytest.raises(DataError, match="mcnemar, left arm: expected at least one of items"):
        mcnemar(np.ones(0, dtype=bool), np.ones(0, dtype=bool))
    message = "paired_difference, left arm: expected at least one of seeds, got none"
    with pytest.raises(DataError, match=message):
        paired_difference(np.ones((0, 3), dtype=bool), np.ones((0, 3), dtype=bool))


def test_an_arm_that_holds_no_booleans_is_reported():
    message = "mcnemar, right arm: expected booleans, whether each answer is right, got int64"
    with pytest.raises(DataError, match=message):
        mcnemar(np.ones(3, dtype=bool), np.ones(3, dtype=np.int64))


def test_a_confidence_out_of_range_is_reported():
    arm = np.ones((2, 3), dtype=bool)
    with pytest.raises(SpecError, match="paired_difference: expected a confidence above 0"):
        paired_difference(arm, arm, confidence=1)
