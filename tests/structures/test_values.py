"""Values check themselves: shapes, alphabets, glyphs, sequences; and messages of errors."""

import numpy as np
import pytest
from pydantic import ValidationError

from seqreason.errors import DataError, SeqreasonError, UnknownNameError, counted
from seqreason.structures.alphabet import LATIN, Alphabet
from seqreason.structures.appearance import Appearance
from seqreason.structures.axes import ShapeError, check_axes
from seqreason.structures.glyphs import Glyphs
from seqreason.structures.sequences import PADDING, Hypotheses, RuleTable, Sequences


def test_axes_are_named_with_their_sizes():
    assert check_axes(np.zeros((5, 1, 8)), "frames 1 width", where="x") == {"frames": 5, "width": 8}


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 3), r"encoder e: expected shape \(frames, features\) with features=4, got \(5, 3\)"),
        ((5,), r"encoder e: expected shape \(frames, features\) with features=4, got \(5,\)"),
    ],
)
def test_a_wrong_shape_is_an_error_with_the_expected_axes(shape, message):
    with pytest.raises(ShapeError, match=message):
        check_axes(np.zeros(shape), "frames features", where="encoder e", features=4)


def test_an_axis_given_as_a_number_has_that_size():
    with pytest.raises(ShapeError):
        check_axes(np.zeros((5, 3)), "frames 1", where="x")


def test_an_unknown_name_lists_the_known_ones_and_the_nearest():
    error = UnknownNameError("gru2", noun="cell", known=["lstm", "gru"])
    assert str(error) == "unknown cell 'gru2': did you mean 'gru'? Choose from gru, lstm"


def test_an_unknown_name_with_nothing_near_just_lists():
    error = UnknownNameError("xyz", noun="cell", known=["lstm", "gru"])
    assert str(error) == "unknown cell 'xyz': choose from gru, lstm"


def test_the_alphabet_spells_indices():
    assert LATIN.spell([2, 5, 8]) == "C F I"


def test_an_alphabet_has_no_symbol_twice():
    with pytest.raises(ValidationError, match="two symbols have the same name"):
        Alphabet(symbols=("A", "A"))


def test_glyphs_of_a_symbol_must_be_in_every_split():
    alphabet = Alphabet(symbols=("0", "1"))
    splits = np.array([0, 1, 2, 0, 1], dtype=np.uint8)
    labels = np.array([0, 0, 0, 1, 1])
    with pytest.raises(DataError, match="the test split has no glyph of 1:"):
        Glyphs(np.zeros((5, 8, 8), dtype=np.uint8), labels, splits, alphabet)


@pytest.mark.parametrize(("count", "words"), [(0, "0 cells"), (1, "1 cell"), (1200, "1,200 cells")])
def test_a_number_has_its_noun_in_the_plural_but_for_one(count, words):
    assert counted(count, "cell") == words


def test_glyphs_must_be_bytes():
    with pytest.raises(DataError, match="glyph images must be uint8, got float64"):
        Glyphs(np.zeros((0, 8, 8)), np.zeros(0, np.int64), np.zeros(0, np.uint8), LATIN)


def test_labels_lie_within_the_alphabet():
    images = np.zeros((1, 8, 8), dtype=np.uint8)
    with pytest.raises(DataError, match="glyph labels must be 0 … 25 for 26 symbols"):
        Glyphs(images, np.array([26]), np.zeros(1, np.uint8), LATIN)


def test_the_digest_of_glyphs_follows_every_pixel(glyphs):
    images = glyphs.images.copy()
    images[-1, -1, -1] ^= 1
    changed = Glyphs(images, glyphs.labels, glyphs.splits, glyphs.alphabet)
    assert changed.digest() != glyphs.digest()
    assert (
        Glyphs(glyphs.images.copy(), glyphs.labels, glyphs.splits, LATIN).digest()
        == glyphs.digest()
    )


def test_the_answer_is_the_symbol_after_the_last_shown_one():
    sequences = Sequences(
        symbols=np.array([[0, 1, 2, 3], [9, 8, PADDING, PADDING]]),
        lengths=np.array([3, 1]),
        appearance=Appearance(np.zeros((2, 3), dtype=bool)),
    )
    assert sequences.answers.tolist() == [3, 8]
    assert sequences.is_shown.tolist() == [[True, True, True], [True, False, False]]


def test_facts_have_one_value_a_sequence():
    with pytest.raises(ShapeError, match="sequences: fact difference"):
        Sequences(
            np.zeros((2, 4), np.int64),
            np.ones(2, np.int64),
            Appearance(np.zeros((2, 3), bool)),
            {"difference": np.zeros(3, np.int64)},
        )


def test_hypotheses_have_one_probability_each():
    with pytest.raises(ShapeError, match="hypotheses"):
        Hypotheses(np.zeros((3, 2), np.int64), np.zeros(2))


def test_an_appearance_has_one_value_a_frame():
    with pytest.raises(SeqreasonError, match=r"appearance: scale must begin with axes \(2, 3\)"):
        Appearance(np.zeros((2, 3), bool), scale=np.ones((2, 4), np.float32))


def test_a_rule_table_has_a_row_for_every_sequence_of_its_rules():
    with pytest.raises(ShapeError, match="rule table: symbols"):
        RuleTable(np.zeros((3, 2), np.int64), np.array([1, 1]), np.array([0.5, 0.5]))


def test_a_table_leaves_out_rules_without_a_sequence():
    rows = [np.array([[0, 1]]), np.zeros((0, 2), np.int64), np.array([[2, 3], [4, 5]])]
    table = RuleTable.uniform(rows, {"difference": [1, 9, 2]})
    assert table.counts.tolist() == [1, 2]
    assert table.facts["difference"].tolist() == [1, 2]
    assert table.hypotheses().probabilities.tolist() == [0.5, 0.25, 0.25]
