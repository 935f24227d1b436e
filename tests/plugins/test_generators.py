"""Every built-in generator, compared with a solver that sees the symbols, and with chance."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from seqreason import PADDING, GeneratorContext, SpecError, Stream
from seqreason_plugins.generators import (
    Fibonacci,
    Mixture,
    Quadratic,
    Repeating,
    seqreason_generators,
)
from seqreason_plugins.generators.mixture import Families

GENERATORS = {plugin.name: plugin for plugin in seqreason_generators()}
PROGRESSIONS = ("easy", "normal", "arithmetic", "rotated")
FAMILY_OF = dict.fromkeys(PROGRESSIONS, "arithmetic")


def generator_of(name, *, size=26, **settings):
    plugin = GENERATORS[name]
    return plugin(plugin.Config(**settings), GeneratorContext(size))


def draw(generator, *, seed=0, count=500):
    return generator.draw(Stream.of(seed, "test"), np.arange(count))


def both_ends(bounds):
    return range(bounds[0], bounds[1] + 1)


def grown(name, rule, start, count, size):
    """The first *count* symbols of *rule* from *start*, one by one, as people do it."""
    symbols = list(start)
    while len(symbols) < count:
        n, last = len(symbols), symbols[-1]
        if name == "arithmetic":
            symbols.append(last + rule["difference"])
        elif name == "quadratic":
            symbols.append(last + rule["first difference"] + (n - 1) * rule["second difference"])
        elif name == "fibonacci":
            symbols.append((last + symbols[-2]) % size)
        elif name == "interleaved":
            own = rule["odd difference"] if n % 2 == 0 else rule["even difference"]
            symbols.append(symbols[-2] + own)
        elif name == "alternating":
            symbols.append(last + (rule["rise"] if n % 2 else -rule["fall"]))
        else:
            symbols.append(symbols[-rule["period"]])
    return symbols[:count]


def candidate_rules(name, config):
    """Every rule that *config* allows, as its facts, with the number of symbols of a start."""
    if name == "arithmetic":
        return [({"difference": d}, 1) for d in both_ends(config.differences) if d]
    if name == "quadratic":
        pairs = product(both_ends(config.first_differences), both_ends(config.second_differences))
        return [({"first difference": a, "second difference": b}, 1) for a, b in pairs if b]
    if name == "fibonacci":
        return [({}, 2)]
    if name == "interleaved":
        steps = [d for d in both_ends(config.differences) if d]
        return [({"odd difference": a, "even difference": b}, 2) for a in steps for b in steps]
    if name == "alternating":
        pairs = product(both_ends(config.rises), both_ends(config.falls))
        return [({"rise": a, "fall": b}, 1) for a, b in pairs]
    return [({"period": p}, p) for p in both_ends(config.periods)]


def solutions(name, config, shown, size):
    """Facts and answer of every rule that continues *shown* within the alphabet."""
    found = []
    for rule, num_start in candidate_rules(name, config):
        grew = grown(name, rule, shown[:num_start], len(shown) + 1, size)
        within = all(0 <= symbol < size for symbol in grew)
        is_round = name != "repeating" or len(set(shown[:num_start])) == num_start
        if within and is_round and grew[:-1] == shown:
            found.append((rule, grew[-1]))
    return found


def assert_solved(name, generator, drawn, size):
    """The solver finds each drawn rule with its answer among those that fit what is shown."""
    for place, length in enumerate(drawn.lengths):
        shown = drawn.symbols[place, :length].tolist()
        facts = {fact: values[place] for fact, values in drawn.facts.items()}
        family, config = name, generator.config
        if name == "mixture":
            # A mixture declares its family only.
            family = facts["family"]
            config = config.families.chosen()[family]
        found = solutions(FAMILY_OF.get(family, family), config, shown, size)
        if name == "mixture":
            found = [({"family": family}, answer) for _, answer in found]
        assert (facts, drawn.answers[place]) in found


def test_the_check_for_solved_sequences_fails_on_a_wrong_answer():
    generator = generator_of("arithmetic")
    drawn = draw(generator, count=5)
    drawn.symbols[2, drawn.lengths[2]] += 1
    with pytest.raises(AssertionError):
        assert_solved("arithmetic", generator, drawn, 26)


ALL_FAMILIES = {
    name: {}
    for name in ("arithmetic", "quadratic", "fibonacci", "interleaved", "alternating", "repeating")
}


@pytest.mark.parametrize("name", GENERATORS)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([20, 26, 40]))
def test_a_solver_that_sees_the_symbols_finds_rule_and_answer(name, seed, size):
    families = {"families": ALL_FAMILIES} if name == "mixture" else {}
    generator = generator_of(name, size=size, lengths=(4, 6), **families)
    assert_solved(name, generator, draw(generator, seed=seed, count=20), size)


@pytest.mark.parametrize("name", GENERATORS)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([20, 26, 40]))
def test_every_symbol_is_in_the_alphabet_and_padding_follows_the_answer(name, seed, size):
    drawn = draw(generator_of(name, size=size), seed=seed, count=50)
    inside = np.arange(drawn.symbols.shape[1]) <= drawn.lengths[:, None]
    assert ((drawn.symbols >= 0) & (drawn.symbols < size))[inside].all()
    assert (drawn.symbols[~inside] == PADDING).all()


@pytest.mark.parametrize("name", GENERATORS)
@settings(max_examples=15)
@given(chosen=st.lists(st.integers(0, 2**40), min_size=1, max_size=20), seed=st.integers(0, 2**32))
def test_a_sequence_is_the_same_alone_and_in_any_order(name, chosen, seed):
    generator = generator_of(
        name,
        background="mixed",
        background_per="frame",
        rotation_degrees=20,
        rotation_share=0.5,
        shift_pixels=2,
        scale=0.2,
        occlusion=0.3,
        contrast=0.5,
    )
    stream = Stream.of(seed)
    together = generator.draw(stream, np.array(chosen))
    for place, index in enumerate(chosen):
        alone = generator.draw(stream, np.array([index]))
        assert np.array_equal(alone.symbols[0], together.symbols[place])
        for part, values in vars(together.appearance).items():
            if values is not None:
                assert np.array_equal(getattr(alone.appearance, part)[0], values[place]), part


@pytest.mark.parametrize("name", GENERATORS)
def test_lengths_are_uniform(name):
    generator = generator_of(name)
    shortest, longest = generator.config.lengths
    counts = np.bincount(draw(generator, count=20_000).lengths, minlength=longest + 1)
    assert counts[:shortest].sum() == 0
    if shortest < longest:
        assert stats.chisquare(counts[shortest:]).pvalue > 0.001


@pytest.mark.parametrize("name", [name for name in GENERATORS if name != "fibonacci"])
def test_rules_are_as_frequent_as_declared(name):
    generator = generator_of(name, lengths=(5, 5))
    table = generator.rules(5)
    drawn = draw(generator, count=20_000)
    rules, drawn_rules = (
        list(zip(*(values.tolist() for values in facts.values()), strict=True))
        for facts in (table.facts, drawn.facts)
    )
    names = sorted(set(rules))
    expected = [
        sum(p for rule, p in zip(rules, table.probabilities, strict=True) if rule == n)
        for n in names
    ]
    counts = [drawn_rules.count(rule) for rule in names]
    assert sum(counts) == 20_000
    if len(names) > 1:
        assert stats.chisquare(counts, np.array(expected) * 20_000).pvalue > 0.001


@pytest.mark.parametrize("name", GENERATORS)
def test_starts_are_uniform_over_those_that_fit_their_rule(name):
    generator = generator_of(name, size=12, lengths=(4, 4), **_few_rules(name))
    hypotheses = generator.hypotheses(4)
    assert hypotheses.probabilities.sum() == pytest.approx(1)
    drawn = draw(generator, count=40_000).symbols
    rows, expected = _merged(hypotheses)
    place = {row: number for number, row in enumerate(rows)}
    counts = np.bincount([place[tuple(row)] for row in drawn.tolist()], minlength=len(rows))
    assert stats.chisquare(counts, expected * 40_000).pvalue > 0.001


def _few_rules(name):
    """Settings with which a generator has a few hundred sequences, so that a test can count."""
    if name in PROGRESSIONS:
        return {"differences": (-2, 2)}
    return {
        "quadratic": {"first_differences": (0, 1), "second_differences": (0, 1)},
        "interleaved": {"differences": (1, 2)},
        "alternating": {"rises": (1, 2), "falls": (1, 2)},
        "repeating": {"periods": (2, 2)},
        "mixture": {"families": {"arithmetic": {"differences": (1, 2)}, "fibonacci": {}}},
    }.get(name, {})


def _merged(hypotheses):
    """Distinct sequences with their probabilities: two rules may draw the same one."""
    rows, place = np.unique(hypotheses.symbols, axis=0, return_inverse=True)
    shares = np.bincount(place.ravel(), weights=hypotheses.probabilities)
    return [tuple(row) for row in rows.tolist()], shares


@pytest.mark.parametrize("name", GENERATORS)
def test_no_two_of_a_hundred_seeds_share_more_items_than_chance_predicts(name):
    generator = generator_of(name)
    count = 200
    longest = generator.config.lengths[1]
    weights = 27 ** np.arange(longest + 1, dtype=object)
    drawn = [draw(generator, seed=seed, count=count).symbols for seed in range(100)]
    words = np.array([((symbols + 1) * weights).sum(axis=1) for symbols in drawn])
    items = np.unique(words, return_inverse=True)[1].reshape(words.shape)
    chance = sum(
        share**2 * (_merged(generator.hypotheses(length))[1] ** 2).sum()
        for length, share in generator.length_probabilities().items()
    )
    # One in a thousand that any of all pairs and offsets has more, if nothing is amiss.
    most = stats.binom.isf(0.001 / comb(100, 2) / 3, count, chance)
    for offset in (-1, 0, 1):
        moved = np.roll(items, offset, axis=1)
        for one in range(100):
            shared = (items[one] == moved[one + 1 :]).sum(axis=1)
            assert (shared <= most).all(), (one, offset)


def test_a_period_that_cannot_be_listed_is_refused():
    with pytest.raises(SpecError, match=r"periods: a round of 5 different symbols out of 26"):
        Repeating(Repeating.Config(periods=(2, 6)), GeneratorContext(26))


def test_a_mixture_s_families_are_equally_frequent():
    config = Mixture.Config(families={"arithmetic": {}, "fibonacci": {}, "repeating": {}})
    family = draw(Mixture(config, GeneratorContext(26)), count=9000).facts["family"]
    names, counts = np.unique(family, return_counts=True)
    assert names.tolist() == ["arithmetic", "fibonacci", "repeating"]
    assert stats.chisquare(counts).pvalue > 0.001


def test_a_mixture_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a mixture needs a family"):
        Families()


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("quadratic", {"second_differences": (0, 0)}, "second_differences: no first difference"),
        ("interleaved", {"differences": (20, 25)}, "differences: no two differences in 20 … 25"),
        ("alternating", {"rises": (26, 30)}, "rises, falls: no rise in 26 … 30"),
    ],
)
def test_settings_that_fit_no_sequence_are_refused(name, settings, message):
    with pytest.raises(SpecError, match=message):
        generator_of(name, **settings)


class TestWorkedExamples:
    """The worked examples of the docstrings."""

    def test_quadratic(self):
        rows = Quadratic(Quadratic.Config(lengths=(4, 4)), GeneratorContext(26)).rules(4).symbols
        assert [0, 1, 4, 9, 16] in rows.tolist()

    def test_fibonacci(self):
        rows = Fibonacci(Fibonacci.Config(), GeneratorContext(26)).rules(5).symbols
        assert [1, 3, 4, 7, 11, 18] in rows.tolist()
        assert [0, 0, 0, 0, 0, 0] not in rows.tolist()

    def test_interleaved(self):
        rows = generator_of("interleaved").rules(5).symbols
        assert [0, 25, 2, 24, 4, 23] in rows.tolist()

    def test_alternating(self):
        assert [10, 15, 13, 18, 16] in generator_of("alternating").rules(4).symbols.tolist()

    def test_repeating(self):
        assert [2, 23, 15, 2, 23, 15] in generator_of("repeating").rules(5).symbols.tolist()
