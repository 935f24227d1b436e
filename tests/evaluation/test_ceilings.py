"""Ceilings and causes, each beside a plain enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqreason.evaluation import attribute, break_down, ceiling, ceiling_accuracy, perceived_ceiling
from seqreason.evaluation.ideal_observer import IdealObserver, credit_of
from seqreason.interfaces import EnumerableGenerator, GeneratorContext
from seqreason.randomness import Stream
from seqreason.structures.alphabet import LATIN
from seqreason.structures.sequences import Hypotheses
from seqreason_plugins.generators import Arithmetic, Fibonacci

STREAM = Stream.of(0, "ceiling")


class Written(EnumerableGenerator):
    """Hypotheses as they are written down: `ABC` shows A and B, and C is the answer."""

    def __init__(self, **probabilities):
        self.probabilities = probabilities

    def draw(self, stream, examples):
        raise NotImplementedError

    def length_probabilities(self):
        lengths = {}
        for word, share in self.probabilities.items():
            lengths[len(word) - 1] = lengths.get(len(word) - 1, 0) + share
        return lengths

    def hypotheses(self, length):
        words = {word: p for word, p in self.probabilities.items() if len(word) == length + 1}
        symbols = np.array([["ABCDE".index(letter) for letter in word] for word in words])
        shares = np.array(list(words.values()))
        return Hypotheses(symbols, shares / shares.sum())


def mistaken(size, *, shares):
    """A confusion matrix from a mapping (shown, perceived) → share; all else is read correctly."""
    confusion = np.zeros((size, size))
    for (shown, perceived), share in shares.items():
        confusion[shown, perceived] = share
    return confusion + np.diag(1 - confusion.sum(axis=1))


def random_confusion(size, *, seed, sharpness=1.0):
    logits = np.random.default_rng(seed).normal(size=(size, size)) + sharpness * np.eye(size)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def joint_by_hand(hypotheses, confusion, perceived):
    """P(perceived, next symbol) for each next symbol, one hypothesis and frame at a time."""
    joint = np.zeros(len(confusion))
    for symbols, prior in zip(hypotheses.symbols, hypotheses.probabilities, strict=True):
        seen = [
            confusion[shown, as_seen] for shown, as_seen in zip(symbols, perceived, strict=False)
        ]
        joint[symbols[-1]] += prior * np.prod(seen)
    return joint


def ceiling_by_hand(generator, confusion):
    total = 0.0
    for length, share in generator.length_probabilities().items():
        hypotheses = generator.hypotheses(length)
        for perceived in itertools.product(range(len(confusion)), repeat=length):
            total += share * joint_by_hand(hypotheses, confusion, perceived).max()
    return total


def test_the_worked_example_of_the_ideal_observer():
    generator = Written(ABC=0.5, ACE=0.5)
    reasoner = IdealObserver(generator, mistaken(5, shares={(2, 1): 0.2}))
    posterior = reasoner.posterior(np.array([[0, 1]]), length=2)[0]
    assert posterior == pytest.approx([0, 0, 1 / 1.2, 0, 0.2 / 1.2])


@given(st.integers(0, 2**32 - 1), st.sampled_from([Arithmetic, Fibonacci]), st.integers(3, 6))
def test_the_ideal_observer_sums_over_all_hypotheses(seed, plugin, length):
    generator = plugin(plugin.Config(lengths=(3, 6)), GeneratorContext(9))
    confusion = random_confusion(9, seed=seed)
    perceived = np.random.default_rng(seed).integers(0, 9, size=(7, length))
    result = IdealObserver(generator, confusion).posterior(perceived, length=length)
    for row, posterior in zip(perceived, result, strict=True):
        joint = joint_by_hand(generator.hypotheses(length), confusion, row)
        assert posterior == pytest.approx(joint / joint.sum(), abs=1e-5)


def test_the_number_of_elements_at_once_makes_no_difference(monkeypatch):
    generator = Arithmetic(Arithmetic.Config(), GeneratorContext(26))
    reasoner = IdealObserver(generator, random_confusion(26, seed=0))
    perceived = np.random.default_rng(0).integers(0, 26, size=(50, 4))
    whole = reasoner.posterior(perceived, length=4)
    monkeypatch.setattr("seqreason.evaluation.ideal_observer._MOST_ELEMENTS", 1000)
    np.testing.assert_allclose(reasoner.posterior(perceived, length=4), whole, atol=1e-6)


def test_a_tie_gives_each_best_answer_its_share():
    posterior = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.2, 0.2, 0.6]])
    assert credit_of(posterior, np.array([0, 2, 2])).tolist() == [0.5, 0, 1]


@given(st.integers(0, 2**32 - 1))
def test_the_perceived_ceiling_is_that_of_all_perceived_sequences(seed):
    generator = Arithmetic(Arithmetic.Config(lengths=(2, 3)), GeneratorContext(6))
    confusion = random_confusion(6, seed=seed)
    result = perceived_ceiling(generator, confusion, stream=STREAM)
    assert result.accuracy == pytest.approx(ceiling_by_hand(generator, confusion))
    assert result.standard_error == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_sampled_ceiling_is_as_near_as_its_error_says(monkeypatch, seed):
    generator = Arithmetic(Arithmetic.Config(lengths=(2, 3)), GeneratorContext(8))
    confusion = random_confusion(8, seed=seed, sharpness=3)
    exact = perceived_ceiling(generator, confusion, stream=STREAM).accuracy
    monkeypatch.setattr(ceiling, "_MOST_ENUMERATED", 0)
    sampled = perceived_ceiling(generator, confusion, stream=Stream.of(seed))
    assert 0 < sampled.standard_error < 0.003
    assert abs(sampled.accuracy - exact) < 4 * sampled.standard_error


def test_with_perfect_perception_both_ceilings_are_equal():
    generator = Written(AB=0.3, AC=0.2, BCD=0.5)
    result = perceived_ceiling(generator, np.eye(5), stream=STREAM)
    assert result.accuracy == pytest.approx(0.8) == pytest.approx(ceiling_accuracy(generator))


def test_each_wrong_answer_has_its_cause(make_scores):
    """A is followed by B, or less often by C; D, that looks like A, is followed by E."""
    generator = Written(AB=0.6, AC=0.3, DE=0.1)
    result = attribute(
        make_scores(
            lengths=np.ones(6, dtype=int),
            symbols=np.array([[0], [0], [0], [3], [3], [0]]),
            perceived=np.array([[0], [0], [0], [0], [3], [0]]),
            targets=np.array([1, 1, 2, 4, 4, 1]),
            predictions=np.array([1, 4, 1, 1, 1, 1]),
        ),
        generator,
        alphabet_size=5,
    )
    assert result.causes.tolist() == ["", "reasoning", "irreducible", "perception", "reasoning", ""]
    assert result.ceiling.tolist() == [1, 1, 0, 1, 1, 1]
    assert result.perceived_ceiling.tolist() == [1, 1, 0, 0, 1, 1]
    assert result.confusion[3].tolist() == [0.5, 0, 0, 0.5, 0]
    assert result.confusion[1].tolist() == [0, 1, 0, 0, 0]
    assert result.share("reasoning") == pytest.approx(2 / 6)


def test_a_breakdown_has_ceilings_and_causes(make_scores):
    generator = Written(AB=0.6, AC=0.3, DE=0.1)
    result = make_scores(
        lengths=np.ones(4, dtype=int),
        symbols=np.array([[0], [0], [0], [3]]),
        perceived=np.array([[0], [0], [0], [0]]),
        targets=np.array([1, 1, 2, 4]),
        predictions=np.array([1, 4, 1, 1]),
        facts={},
    )
    rows = break_down(result, attribute(result, generator, alphabet_size=26), LATIN)
    (all_of_them,) = rows["length"]
    assert (all_of_them.accuracy, all_of_them.ceiling) == (0.25, 0.75)
    assert all_of_them.perceived_ceiling == 0.5
    assert all_of_them.errors == {"perception": 0.25, "reasoning": 0.25, "irreducible": 0.25}
    assert [row.ceiling for row in rows["target"]] == [1, 0, 1]


def test_a_generator_without_enumeration_has_no_ceiling_and_no_causes(make_scores):
    generator = object()
    assert perceived_ceiling(generator, np.eye(5), stream=STREAM) is None
    assert attribute(make_scores(), generator, alphabet_size=5) is None
