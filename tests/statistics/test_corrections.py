import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seqreason.errors import DataError
from seqreason.statistics import corrections, holm
from seqreason.structures.axes import ShapeError

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def rejected(p_values, *, level):
    """Holm's procedure as he states it: one hypothesis after the other, until one stands."""
    left, found = set(range(len(p_values))), set()
    while left:
        smallest = min(left, key=lambda number: p_values[number])
        if p_values[smallest] * len(left) > level:
            break
        left.remove(smallest)
        found.add(smallest)
    return found


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        # Abdi, "Holm's sequential Bonferroni procedure", 2010.
        ([0.000040, 0.016100, 0.612300], [0.000120, 0.032200, 0.612300]),
        # stdlib's documentation of padjust, which follows R's p.adjust.
        ([0.319, 0.201, 0.4, 0.374, 0.113], [0.957, 0.804, 0.957, 0.957, 0.565]),
    ],
)
def test_adjusted_p_values_are_those_of_published_examples(p_values, adjusted):
    assert holm(p_values).tolist() == pytest.approx(adjusted)


@given(P_VALUES, st.floats(0.001, 0.999))
def test_what_is_at_most_the_level_is_what_holm_s_procedure_rejects(p_values, level):
    adjusted = holm(p_values)
    assert set(np.flatnonzero(adjusted <= level)) == rejected(p_values, level=level)


@given(P_VALUES)
def test_adjusting_keeps_the_order_and_makes_nothing_smaller(p_values):
    adjusted = holm(p_values)
    assert (adjusted >= p_values).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p_values)]) >= 0).all()


@given(P_VALUES, st.integers(0, 2**32))
def test_each_p_value_keeps_its_place(p_values, seed):
    order = np.argsort(np.sin(seed + np.arange(len(p_values))))
    np.testing.assert_array_equal(holm(np.array(p_values)[order]), holm(p_values)[order])


def test_a_single_p_value_stays_as_it_is():
    assert holm([0.03]).tolist() == [0.03]


@pytest.mark.parametrize("shared", [0.0, 0.9])
def test_a_false_rejection_is_as_rare_as_the_level(stream, shared):
    # Eight true hypotheses and two false ones; the tests depend on each other by *shared*.
    noise = stream.normal(np.arange(4000), count=11)
    scores = shared**0.5 * noise[:, :1] + (1 - shared) ** 0.5 * noise[:, 1:]
    scores[:, 8:] += 5
    p_values = 2 * stats.norm.sf(abs(scores))
    is_false_alarm = [(holm(values)[:8] <= 0.05).any() for values in p_values]
    assert np.mean(is_false_alarm) <= 0.06
    assert np.mean((p_values[:, :8] <= 0.05).any(axis=1)) > 0.08


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(corrections) == (0, 1)


def test_no_p_values_are_reported():
    with pytest.raises(DataError, match="holm: expected at least one of hypotheses, got none"):
        holm([])


def test_a_p_value_out_of_range_is_an_error():
    with pytest.raises(DataError, match=r"holm: expected p values in 0 … 1, got 1\.5"):
        holm([0.5, 1.5])


def test_a_table_of_p_values_is_an_error():
    with pytest.raises(ShapeError, match=r"holm: expected shape \(hypotheses\), got \(2, 2\)"):
        holm(np.zeros((2, 2)))
