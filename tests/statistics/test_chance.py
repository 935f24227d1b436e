"""Tests of draws against declared probabilities: honest draws pass, skewed ones do not."""

import numpy as np
import pytest

from seqreason.statistics.chance import fit, greatest_share, independence, most_by_chance, pooled


def test_an_honest_count_fits_and_a_skewed_one_does_not():
    expected = np.full(20, 50.0)
    even = np.random.default_rng(0).multinomial(1000, expected / 1000)
    skewed = np.random.default_rng(0).multinomial(1000, np.linspace(0.5, 1.5, 20) / 20)
    assert fit(even, expected).p_value > 0.001
    assert fit(skewed, expected).p_value < 1e-6


def test_cells_that_expect_few_are_pooled_with_their_neighbours():
    # Pools of 5 cells of 1; the last three are too few and go to the pool before.
    assert fit(np.ones(13, dtype=int), np.ones(13)) == (1.0, 2)


@pytest.mark.parametrize(
    ("expected", "starts"),
    [
        ([4.0, 4, 4, 4, 4], [0]),
        ([4.0, 4, 4, 4, 4, 4], [0, 3]),
        ([0.5, 12, 12], [0, 2]),
        ([1.0, 1, 1], [0]),
    ],
)
def test_cells_are_pooled_until_each_pool_expects_ten(expected, starts):
    counts, expected = np.arange(len(expected)), np.array(expected)
    observed, wanted = pooled(counts, expected, least_expected=10)
    assert observed.tolist() == np.add.reduceat(counts, starts).tolist()
    assert wanted.tolist() == np.add.reduceat(expected, starts).tolist()


def test_a_skew_over_small_cells_alone_is_found():
    counts = np.array([2, 0] * 500)
    counts[:500], counts[500:] = 2, 0
    assert fit(counts, np.ones(1000)).p_value < 1e-6


def test_a_dependent_pair_is_found_and_an_independent_one_is_not():
    random = np.random.default_rng(0)
    answers, coins = random.integers(0, 26, 5000), random.integers(0, 2, 5000)
    assert independence(coins, answers).p_value > 0.001
    assert independence(answers % 2 == coins, answers % 13).p_value > 0.001
    assert independence(answers > 12, answers).p_value < 1e-9
    assert independence(coins, np.zeros(5000)).p_value == 1


def test_what_chance_explains_is_the_binomial_quantile():
    # Of 10 fair coins, more than 9 are heads once in 1,024 throws.
    assert most_by_chance(10, 0.5, risk=1 / 1000) == 9
    assert most_by_chance(10, 0.5, risk=1 / 500) == 9
    assert most_by_chance(10, 0.5, risk=1 / 50) == 8
    assert greatest_share(0, 100, risk=0.05) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert greatest_share(100, 100, risk=0.05) == 1
