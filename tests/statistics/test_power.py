import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seqreason.errors import DataError, SpecError
from seqreason.statistics import detectable_difference, minimum_detectable_difference


@pytest.mark.parametrize(
    ("spread", "num_seeds", "power", "difference", "digits"),
    [
        # G*Power 3's guide, "Generic t test": a mean of 1, σ = 4, N = 25.
        (4, 25, 0.224525, 1, 1e-5),
        # Wuensch, "G*Power: t tests": a gain of 5 points, σ = 15, N = 25.
        (15, 25, 0.360, 5, 1e-2),
    ],
)
def test_the_difference_is_that_of_published_examples(spread, num_seeds, power, difference, digits):
    found = detectable_difference(spread, num_seeds=num_seeds, power=power)
    assert found == pytest.approx(difference, rel=digits)


@given(st.integers(2, 50), st.floats(0.3, 0.99), st.floats(0.01, 0.2))
def test_at_the_difference_noncentral_t_has_the_power(num_seeds, power, significance):
    found = detectable_difference(1, num_seeds=num_seeds, power=power, significance=significance)
    critical = stats.t.isf(significance / 2, num_seeds - 1)
    above = stats.nct.sf(critical, num_seeds - 1, found * num_seeds**0.5)
    # On the wrong side lies at most what a normal number has below its mean.
    assert above <= power + 1e-9
    assert above >= power - stats.norm.sf(found * num_seeds**0.5) - 1e-9


def test_a_difference_of_that_size_is_seen_as_often_as_said(stream):
    difference = detectable_difference(0.02, num_seeds=5)
    differences = difference + 0.02 * stream.normal(np.arange(20_000), count=5)
    p_values = stats.ttest_1samp(differences, 0, axis=1).pvalue
    assert np.mean(p_values <= 0.05) == pytest.approx(0.8, abs=0.01)


@given(st.integers(2, 30))
def test_more_seeds_show_a_smaller_difference(num_seeds):
    few, more = (detectable_difference(1, num_seeds=seeds) for seeds in (num_seeds, num_seeds + 1))
    assert more < few


def test_after_the_fact_only_the_spread_counts():
    differences = np.array([0.01, 0.03, 0.02, 0.05, 0.04])
    found = minimum_detectable_difference(differences)
    assert found == detectable_difference(differences.std(ddof=1), num_seeds=5)
    assert minimum_detectable_difference(differences - 0.5) == pytest.approx(found)


def test_differences_without_a_spread_leave_nothing_unseen():
    assert minimum_detectable_difference([0.5, 0.5, 0.5]) == 0


def test_a_single_seed_is_an_error():
    message = "detectable_difference: expected at least 2 seeds.* got 1; train at another seed"
    with pytest.raises(DataError, match=message):
        detectable_difference(0.02, num_seeds=1)
    with pytest.raises(DataError, match="minimum_detectable_difference: expected at least 2 seeds"):
        minimum_detectable_difference([0.1])


def test_no_differences_are_reported():
    message = "minimum_detectable_difference: expected at least one of seeds, got none"
    with pytest.raises(DataError, match=message):
        minimum_detectable_difference([])


@pytest.mark.parametrize("spread", [-1, float("inf"), float("nan")])
def test_an_impossible_spread_is_an_error(spread):
    with pytest.raises(SpecError, match=f"expected a finite spread of at least 0, got {spread}"):
        detectable_difference(spread, num_seeds=5)


def test_probabilities_out_of_range_are_reported():
    with pytest.raises(SpecError, match="expected a power above 0 and below 1, got 1"):
        detectable_difference(1, num_seeds=5, power=1)
    with pytest.raises(SpecError, match="expected a significance above 0 and below 1, got 0"):
        detectable_difference(1, num_seeds=5, significance=0)


def test_a_power_that_needs_no_difference_is_an_error():
    with pytest.raises(SpecError, match=r"got power 0\.05 and significance 0\.05"):
        detectable_difference(1, num_seeds=5, power=0.05)


def test_a_significance_out_of_reach_is_an_error():
    with pytest.raises(SpecError, match="a significance that 2 seeds can reach, got 1e-05; plan"):
        detectable_difference(1, num_seeds=2, significance=1e-5)
