"""The drawn letters: their skeletons, their writers, and the pen."""

from string import ascii_uppercase

import numpy as np
import pytest
from pydantic import ValidationError

from seqreason import SourceContext, Split
from seqreason_plugins.sources.strokes import Strokes, raster
from seqreason_plugins.sources.strokes.lowercase import LOWERCASE
from seqreason_plugins.sources.strokes.raster import ink
from seqreason_plugins.sources.strokes.skeletons import parse_skeleton, skeletons
from seqreason_plugins.sources.strokes.uppercase import UPPERCASE


def load(**settings):
    config = Strokes.Config(**{"writers": 20, "glyphs_per_letter": 2, **settings})
    return Strokes(config, SourceContext(cache_folder=None)).load()


@pytest.fixture(scope="module")
def glyphs():
    return load(writers=50)


@pytest.mark.parametrize("table", [UPPERCASE, LOWERCASE])
def test_every_letter_can_be_written_in_two_ways_or_more(table):
    assert "".join(sorted(table)) == ascii_uppercase
    assert all(len(set(ways)) >= 2 for ways in table.values())


@pytest.mark.parametrize("case", ["upper", "lower"])
def test_every_sample_of_a_stroke_is_a_weighted_mean_of_its_points(case):
    for skeleton in (way for ways in skeletons(case) for way in ways):
        np.testing.assert_allclose(skeleton.weights.sum(axis=1), 1, atol=1e-5)
        strokes = skeleton.weights @ skeleton.points
        assert strokes.min() > -0.25
        assert strokes.max() < 1.25


def test_a_straight_stroke_goes_straight_through_its_points():
    skeleton = parse_skeleton("-00 09 49")
    strokes = skeleton.weights @ skeleton.points
    assert ((strokes[:, 0] < 1e-6) | (strokes[:, 1] > 1 - 1e-6)).all()
    for point in skeleton.points:
        assert np.abs(strokes - point).sum(axis=1).min() < 1e-6


def test_a_closed_curve_has_no_corner_where_it_begins():
    skeleton = parse_skeleton("~40 04 48 84 40")
    strokes = skeleton.weights @ skeleton.points
    first, last = strokes[1] - strokes[0], strokes[-1] - strokes[-2]
    assert first @ last / np.linalg.norm(first) / np.linalg.norm(last) > 0.9


def test_ink_is_that_of_a_round_pen_at_every_sample():
    samples = np.random.default_rng(0).uniform(5, 23, (3, 9, 2)).astype(np.float32)
    radius = np.array([0.7, 1.2, 2.0], dtype=np.float32)
    expected = np.zeros((3, 28, 28))
    for glyph in range(3):
        for row in range(28):
            for column in range(28):
                steps = samples[glyph] - [column + 0.5, row + 0.5]
                distance = np.hypot(*steps.T).min()
                expected[glyph, row, column] = np.clip(radius[glyph] + 0.5 - distance, 0, 1) * 255
    assert np.abs(ink(samples, radius) - expected).max() <= 1


def test_edges_are_grey_and_strokes_are_not(glyphs):
    share_of_grey = ((glyphs.images > 0) & (glyphs.images < 255)).mean()
    assert 0.05 < share_of_grey < 0.3
    assert (glyphs.images.max(axis=(1, 2)) > 200).all()


def test_ink_stays_off_the_edge_of_the_frame(glyphs):
    edge = np.ones((28, 28), dtype=bool)
    edge[1:-1, 1:-1] = False
    assert (glyphs.images[:, edge].max(axis=1) == 0).mean() > 0.99


def test_a_glyph_does_not_depend_on_the_size_of_the_batch(monkeypatch):
    whole = load()
    monkeypatch.setattr(raster, "_CHUNK", 3)
    np.testing.assert_array_equal(load().images, whole.images)


def test_the_first_writers_are_the_same_among_more():
    few, many = load(writers=10), load(writers=30)
    np.testing.assert_array_equal(few.images, many.images[: len(few.images)])


def test_another_seed_is_other_writers():
    assert (load(seed=1).images != load(seed=0).images).any(axis=(1, 2)).mean() > 0.99


def test_of_ten_writers_eight_train_one_validates_and_one_tests(glyphs):
    writers = np.arange(len(glyphs.labels)) // 52
    found = {split: {int(w) for w in writers[glyphs.splits == split]} for split in Split}
    assert [len(found[split]) for split in Split] == [40, 5, 5]
    assert len(set.union(*found.values())) == 50


def test_every_writer_writes_each_letter_as_often(glyphs):
    assert (np.bincount(glyphs.labels) == 100).all()


def test_the_glyphs_of_one_writer_differ_less_than_those_of_two(glyphs):
    images = glyphs.images.astype(float).reshape(50, 2, 26, -1)
    own = np.abs(images[:, 0] - images[:, 1]).mean()
    foreign = np.abs(images[:-1, 0] - images[1:, 1]).mean()
    assert own < 0.85 * foreign


def test_almost_without_variation_writers_differ_only_by_their_ways():
    images = load(variation=1e-9).images
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == sum(
        map(len, UPPERCASE.values())
    )


def test_no_variation_at_all_is_refused_since_writers_of_all_splits_would_be_one():
    with pytest.raises(ValidationError, match="variation"):
        load(variation=0)


@pytest.mark.parametrize("case", ["upper", "lower", "both"])
def test_letters_of_unseen_writers_can_be_read(case):
    glyphs = load(writers=100, case=case)
    flat = glyphs.images.reshape(len(glyphs.labels), -1).astype(np.float32)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    train, test = (glyphs.splits == split for split in (Split.TRAIN, Split.TEST))
    nearest = (flat[test] @ flat[train].T).argmax(axis=1)
    assert (glyphs.labels[train][nearest] == glyphs.labels[test]).mean() > 0.75


def test_progress_is_reported_to_the_end():
    found = []
    context = SourceContext(
        cache_folder=None, progress=lambda done, total: found.append((done, total))
    )
    Strokes(Strokes.Config(writers=10, glyphs_per_letter=1), context).load()
    assert found[-1][0] == found[-1][1] == len(found)
