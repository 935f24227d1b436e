"""The progression tasks, compared with a solver and with what they declare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from seqreason import PADDING, GeneratorContext, SpecError, Stream
from seqreason.evaluation import ceiling_accuracy
from seqreason_plugins.generators import Easy, Normal

CONTEXT = GeneratorContext(alphabet_size=26)


def draw(plugin, *, seed=0, count=2000, size=26, **settings):
    generator = plugin(plugin.Config(**settings), GeneratorContext(size))
    return generator.draw(Stream.of(seed, "test"), np.arange(count))


SETTINGS = st.fixed_dictionaries(
    {
        "differences": st.tuples(st.integers(-4, 0), st.integers(1, 4)),
        "lengths": st.tuples(st.integers(1, 3), st.integers(3, 6)),
        "backgrounds": st.sampled_from(
            [
                ("black", "sequence"),
                ("white", "sequence"),
                ("mixed", "sequence"),
                ("mixed", "frame"),
            ]
        ),
        "zero_difference": st.booleans(),
        "wrap": st.booleans(),
    }
).map(
    lambda drawn: {
        **{key: value for key, value in drawn.items() if key != "backgrounds"},
        "background": drawn["backgrounds"][0],
        "background_per": drawn["backgrounds"][1],
    }
)


@pytest.mark.parametrize("plugin", [Easy, Normal])
@given(SETTINGS, st.integers(0, 2**32), st.integers(10, 40))
def test_a_solver_that_sees_the_symbols_finds_rule_and_answer(plugin, settings, seed, size):
    drawn = draw(plugin, seed=seed, count=40, size=size, **settings)
    for row, length in enumerate(drawn.lengths):
        shown = drawn.symbols[row, : length + 1]
        steps = np.diff(shown)
        if settings["wrap"]:
            steps = (steps - drawn.facts["difference"][row]) % size + drawn.facts["difference"][row]
        assert set(steps) == {drawn.facts["difference"][row]}
        assert drawn.answers[row] == shown[-1]


@pytest.mark.parametrize("plugin", [Easy, Normal])
@given(SETTINGS, st.integers(0, 2**32))
def test_everything_drawn_keeps_to_the_settings(plugin, settings, seed):
    drawn = draw(plugin, seed=seed, count=60, **settings)
    inside = np.arange(drawn.symbols.shape[1]) <= drawn.lengths[:, None]
    assert ((drawn.symbols >= 0) & (drawn.symbols < 26))[inside].all()
    assert (drawn.symbols[~inside] == PADDING).all()
    least, greatest = settings["differences"]
    assert ((least <= drawn.facts["difference"]) & (drawn.facts["difference"] <= greatest)).all()
    assert settings["zero_difference"] or (drawn.facts["difference"] != 0).all()
    shortest, longest = settings["lengths"]
    assert ((shortest <= drawn.lengths) & (drawn.lengths <= longest)).all()
    if settings["background"] != "mixed":
        assert (drawn.appearance.inverted == (settings["background"] == "white")).all()
    elif settings["background_per"] == "sequence":
        assert (drawn.appearance.inverted == drawn.appearance.inverted[:, :1]).all()


def test_easy_is_the_report_s_task():
    drawn = draw(Easy)
    assert set(drawn.lengths) == {5}
    assert set(drawn.facts["difference"]) == {1, 2, 3}
    assert not drawn.appearance.inverted.any()


def test_normal_is_the_report_s_task():
    drawn = draw(Normal)
    assert set(drawn.lengths) == set(range(2, 9))
    assert set(drawn.facts["difference"]) == set(range(-6, 7)) - {0}
    assert 0.4 < drawn.appearance.inverted[:, 0].mean() < 0.6


def test_lengths_are_uniform():
    counts = np.bincount(draw(Normal, count=20_000).lengths)[2:]
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize("length", [2, 5, 8])
def test_differences_are_uniform_over_those_that_fit_the_length(length):
    drawn = draw(Normal, count=20_000, lengths=(length, length))
    found, counts = np.unique(drawn.facts["difference"], return_counts=True)
    assert found.tolist() == [d for d in range(-6, 7) if d and abs(d) * length <= 25]
    assert stats.chisquare(counts).pvalue > 0.001


def test_starts_are_uniform_over_those_that_fit():
    drawn = draw(Easy, count=20_000, differences=(3, 3))
    assert stats.chisquare(np.bincount(drawn.symbols[:, 0], minlength=11)).pvalue > 0.001


def test_backgrounds_per_frame_are_fair_coins():
    drawn = draw(Normal, count=4000, background_per="frame", lengths=(2, 2))
    both = drawn.appearance.inverted[:, 0] * 2 + drawn.appearance.inverted[:, 1]
    assert stats.chisquare(np.bincount(both, minlength=4)).pvalue > 0.001


@pytest.mark.parametrize("settings", [{}, {"wrap": True}, {"zero_difference": True}])
def test_sequences_are_drawn_as_often_as_the_hypotheses_say(settings):
    settings = {"lengths": (3, 3), "differences": (-2, 2), **settings}
    generator = Normal(Normal.Config(**settings), GeneratorContext(8))
    hypotheses = generator.hypotheses(3)
    assert hypotheses.probabilities.sum() == pytest.approx(1)
    drawn = generator.draw(Stream.of(0), np.arange(20_000)).symbols
    place = {tuple(row): i for i, row in enumerate(hypotheses.symbols.tolist())}
    assert len(place) == len(hypotheses.symbols)
    counts = np.bincount([place[tuple(row)] for row in drawn.tolist()], minlength=len(place))
    assert stats.chisquare(counts, 20_000 * hypotheses.probabilities).pvalue > 0.001


def test_two_letters_determine_the_rule_so_the_ceiling_is_one():
    assert ceiling_accuracy(Normal(Normal.Config(), CONTEXT)) == pytest.approx(1)


def test_one_letter_alone_leaves_the_ceiling_to_the_best_guess():
    generator = Easy(Easy.Config(lengths=(1, 1), differences=(1, 2)), GeneratorContext(4))
    # Differences 1 and 2 are equally probable; starts are 0 1 2 and 0 1; only 3 can follow 2.
    best_guesses = 1 / 2 * (1 / 2) + 1 / 2 * (1 / 2) + 1 / 2 * (1 / 3)
    assert ceiling_accuracy(generator) == pytest.approx(best_guesses)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"differences": (9, 12)}, r"no difference in 9 … 12 fits 5 shown symbols and the answer"),
        ({"differences": (0, 0)}, r"no difference in 0 … 0 fits 5 .* zero_difference: true"),
        ({"lengths": (5, 30)}, r"no difference in 1 … 3 fits 26 shown symbols"),
        ({"lengths": (0, 3)}, r"a sequence shows at least 1 symbol, got 0"),
    ],
)
def test_settings_that_fit_no_sequence_are_refused(settings, message):
    with pytest.raises(SpecError, match=message):
        Easy(Easy.Config(**settings), CONTEXT)


def test_a_range_that_falls_is_refused():
    with pytest.raises(ValidationError, match="the least, 3, is above the greatest, 1"):
        Easy.Config(differences=(3, 1))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"background_per": "frame"}, "background_per: frame has no effect unless"),
        ({"rotation_share": 0.5}, "rotation_share has no effect while rotation_degrees is 0"),
        ({"zero_difference": True}, "zero_difference has no effect while differences are 1 … 3"),
    ],
)
def test_a_setting_without_an_effect_is_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        Easy.Config(**settings)
