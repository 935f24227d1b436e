import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seqreason.errors import DataError, SpecError
from seqreason.randomness import Stream
from seqreason.statistics import student, two_level, wilson
from seqreason.structures.axes import ShapeError

ANSWERS = arrays(np.bool_, st.tuples(st.integers(2, 6), st.integers(1, 40)))
SEEDS = st.integers(0, 2**32)


def answers_of(counts, *, items):
    return np.arange(items) < np.array(counts)[:, None]


def resampled_item_by_item(is_right, *, stream, resamples):
    """The plain hierarchical bootstrap, one item after the other."""
    seeds, items = is_right.shape
    means = []
    for resample in range(resamples):
        part = stream.child(str(resample))
        drawn = part.child("seeds").below([0], seeds, count=seeds)[0]
        places = part.child("items").below(np.arange(seeds), items, count=items)
        means.append(
            np.mean([is_right[seed, row] for seed, row in zip(drawn, places, strict=True)])
        )
    return np.array(means)


def test_the_components_are_those_of_a_worked_example():
    # Two seeds of four items with accuracies 1/4 and 3/4: their variance is 1/8, and an
    # accuracy of four items has the variance (1/4 · 3/4) / 3 = 1/16.
    found = two_level(answers_of([1, 3], items=4), stream=Stream.of(0))
    assert found.interval.estimate == 0.5
    assert found.within_seed == pytest.approx(1 / 4)
    assert found.between_seeds == pytest.approx(1 / 4)


def test_the_components_of_simulated_seeds_are_the_true_ones(stream, simulated_answers):
    found = [
        two_level(answers, stream=stream, num_resamples=1)
        for answers in simulated_answers(stream, experiments=1, seeds=2000, spread=0.03)
    ]
    assert found[0].between_seeds == pytest.approx(0.03, rel=0.05)
    assert found[0].within_seed == pytest.approx((0.8 * 0.2 / 500) ** 0.5, rel=0.05)


def test_seeds_that_differ_no_more_than_their_items_explain_have_no_spread():
    found = two_level(answers_of([50, 50, 50], items=100), stream=Stream.of(0))
    assert found.between_seeds == 0
    assert found.interval == wilson(150, 300)


def test_with_many_seeds_the_interval_is_that_of_a_bootstrap_item_by_item(stream, effort):
    # Both of the plain bootstrap's errors are small here: seeds are many, and differ by far more
    # than their items make them seem to.
    counts = 30 + (12 * stream.uniform(np.arange(40))[:, 0]).astype(int)
    answers = np.tile(answers_of(counts, items=60), (1, 10))
    plain = resampled_item_by_item(answers, stream=stream, resamples=effort.of(2000))
    found = two_level(answers, stream=stream).interval
    wanted = np.quantile(plain, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx(
        tuple(wanted), abs=0.003 if effort.part == 1 else 0.005
    )


def test_between_seeds_that_differ_much_the_interval_is_about_student_s(stream):
    answers = answers_of([400, 450, 500, 550, 600], items=1000)
    found, wanted = two_level(answers, stream=stream).interval, student(answers.mean(axis=1))
    assert found.high - found.low == pytest.approx(wanted.high - wanted.low, rel=0.03)


@pytest.mark.parametrize("seeds", [5, 10])
@pytest.mark.parametrize("spread", [0.02, 0.04])
def test_the_interval_covers_the_truth_as_often_as_it_says(
    stream, simulated_answers, share_covering, effort, seeds, spread
):
    simulated = simulated_answers(stream, experiments=effort.of(1000), seeds=seeds, spread=spread)
    found = [
        two_level(answers, stream=stream.child(str(number)), num_resamples=500).interval
        for number, answers in enumerate(simulated)
    ]
    slack = effort.slack(1000)
    assert 0.93 - slack < share_covering(found, 0.8) < 0.97 + slack


@pytest.mark.parametrize("seeds", [2, 5])
def test_of_seeds_that_are_alike_the_interval_covers_rather_more(
    stream, simulated_answers, share_covering, effort, seeds
):
    simulated = simulated_answers(stream, experiments=effort.of(1000), seeds=seeds, spread=0.0)
    found = [two_level(answers, stream=stream, num_resamples=500).interval for answers in simulated]
    slack = effort.slack(1000, 0.98)
    assert 0.96 - slack < share_covering(found, 0.8) < 0.995 + slack


@given(ANSWERS, SEEDS)
def test_the_interval_holds_the_accuracy_and_lies_in_0_to_1(answers, seed):
    found = two_level(answers, stream=Stream.of(seed), num_resamples=50).interval
    assert found.estimate == pytest.approx(answers.mean())
    assert 0 <= found.low <= found.estimate <= found.high <= 1


@given(ANSWERS, SEEDS)
def test_the_interval_is_never_narrower_than_that_of_all_items(answers, seed):
    found = two_level(answers, stream=Stream.of(seed), num_resamples=50).interval
    pooled = wilson(int(answers.sum()), answers.size)
    assert found.low <= pooled.low
    assert found.high >= pooled.high


@given(ANSWERS, SEEDS)
def test_the_order_of_items_changes_nothing(answers, seed):
    stream = Stream.of(seed)
    shuffled = answers[:, stream.permutation(answers.shape[1])]
    assert two_level(answers, stream=stream, num_resamples=50) == two_level(
        shuffled, stream=stream, num_resamples=50
    )


@given(ANSWERS, SEEDS)
def test_the_same_stream_gives_the_same_interval(answers, seed):
    first, second = (two_level(answers, stream=Stream.of(seed), num_resamples=50) for _ in "ab")
    assert first == second


def test_another_stream_gives_another_interval():
    answers = answers_of([400, 450, 500], items=1000)
    first, second = (two_level(answers, stream=Stream.of(seed)).interval for seed in (0, 1))
    assert first != second


def test_more_items_shrink_the_interval(stream):
    few = two_level(answers_of([40, 41, 42], items=50), stream=stream).interval
    many = two_level(answers_of([800, 820, 840], items=1000), stream=stream).interval
    assert many.high - many.low < few.high - few.low


def test_a_single_seed_is_reported():
    message = "two_level: expected at least 2 seeds.* got 1; wilson covers the items of one"
    with pytest.raises(DataError, match=message):
        two_level(answers_of([3], items=5), stream=Stream.of(0))


def test_no_items_are_reported():
    with pytest.raises(DataError, match="two_level: expected at least one of items, got none"):
        two_level(np.zeros((3, 0), dtype=bool), stream=Stream.of(0))


def test_other_axes_are_reported():
    message = r"two_level: expected shape \(seeds, items\), got \(3,\)"
    with pytest.raises(ShapeError, match=message):
        two_level(np.zeros(3, dtype=bool), stream=Stream.of(0))


def test_answers_that_are_no_booleans_are_reported():
    message = "two_level: expected booleans, whether each answer is right, got float64"
    with pytest.raises(DataError, match=message):
        two_level(np.ones((2, 3)), stream=Stream.of(0))


def test_settings_out_of_range_are_reported():
    answers = answers_of([3, 4], items=5)
    with pytest.raises(SpecError, match="two_level: expected a confidence above 0 and below 1"):
        two_level(answers, stream=Stream.of(0), confidence=95)
    with pytest.raises(SpecError, match="two_level: expected at least 1 of num_resamples, got 0"):
        two_level(answers, stream=Stream.of(0), num_resamples=0)
