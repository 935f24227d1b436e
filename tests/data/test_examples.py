"""The laws of examples: pure functions of seed, split and index; splits that share no glyph."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqreason.assembly import generator_of
from seqreason.data import ExampleSet, GlyphBank
from seqreason.errors import DataError
from seqreason.spec import PluginChoice
from seqreason.structures.glyphs import Glyphs, Split

CPU = torch.device("cpu")
INDICES = st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True)


def examples_of(registry, kind="normal", *, seed=0, split=Split.TRAIN, variant="", **settings):
    glyphs = registry.find("source", "dots").plugin
    bank = GlyphBank(glyphs(glyphs.Config(), None).load(), device=CPU)
    config = registry.find("generator", kind).plugin.Config(**settings)
    generator = generator_of(PluginChoice(kind, config), registry, alphabet_size=26)
    return ExampleSet(generator, bank, seed=seed, split=split, variant=variant)


def frames_by_example(examples, indices):
    """Each example's frames as bytes, by its index."""
    batch = examples.batch(examples.draw(np.array(indices)))
    padded = batch.packing.pad(batch.frames, value=-1.0)
    return {
        index: row[row[:, 0, 0, 0] >= 0].numpy().tobytes()
        for index, row in zip(batch.examples.tolist(), padded, strict=True)
    }


EVERY_DEGRADATION = {
    "background": "mixed",
    "background_per": "frame",
    "rotation_degrees": 40,
    "rotation_share": 0.7,
    "shift_pixels": 1.5,
    "scale": 0.3,
    "occlusion": 0.5,
    "contrast": 0.6,
    "noise": 0.2,
}


@pytest.mark.parametrize(
    ("kind", "settings"), [("easy", {}), ("normal", {}), ("normal", EVERY_DEGRADATION)]
)
@given(INDICES, st.randoms(use_true_random=False), st.integers(1, 12))
def test_an_example_is_byte_equal_alone_shuffled_and_in_any_batch(
    registry, kind, settings, indices, shuffler, batch_size
):
    examples = examples_of(registry, kind, **settings)
    together = frames_by_example(examples, indices)
    shuffled = list(indices)
    shuffler.shuffle(shuffled)
    in_batches = {}
    for begin in range(0, len(shuffled), batch_size):
        in_batches |= frames_by_example(examples, shuffled[begin : begin + batch_size])
    alone = {index: frames_by_example(examples, [index])[index] for index in indices}
    assert together == in_batches == alone


@pytest.mark.parametrize("change", [{"seed": 1}, {"split": Split.VALID}, {"variant": "longer"}])
def test_other_seeds_splits_and_variants_give_other_examples(registry, change):
    indices = np.arange(500)
    ours = examples_of(registry).draw(indices)
    theirs = examples_of(registry, **change).draw(indices)
    shared = (ours.sequences.symbols == theirs.sequences.symbols).all(axis=1).mean()
    assert shared < 0.1


def test_a_frame_shows_a_glyph_of_its_symbol_and_split(registry):
    examples = examples_of(registry, split=Split.TEST)
    drawn = examples.draw(np.arange(300))
    shown = drawn.sequences.is_shown
    source = registry.find("source", "dots").plugin
    glyphs = source(source.Config(), None).load()
    chosen = drawn.glyphs[shown]
    assert (glyphs.labels[chosen] == drawn.sequences.symbols[:, :-1][shown]).all()
    assert (glyphs.splits[chosen] == Split.TEST).all()


def test_every_glyph_of_a_split_is_chosen_about_equally_often(glyphs):
    bank = GlyphBank(glyphs, device=CPU)
    bits = np.linspace(0, 2**32 - 1, 3000).astype(np.uint32)
    chosen = bank.choose(Split.TRAIN, np.zeros(3000, dtype=np.int64), bits)
    assert np.unique(chosen, return_counts=True)[1].tolist() == [1000, 1000, 1000]


def test_an_inverted_frame_is_the_negative_of_its_glyph(registry):
    examples = examples_of(registry)
    drawn = examples.draw(np.arange(50))
    batch = examples.batch(drawn)
    padded = batch.packing.pad(batch.frames)
    for row, example in enumerate(batch.examples.tolist()):
        glyph = examples.bank.images[drawn.glyphs[example, 0]].float() / 255
        expected = 1 - glyph if drawn.sequences.appearance.inverted[example, 0] else glyph
        assert torch.allclose(padded[row, 0, 0], expected)


def test_a_padded_frame_never_reaches_the_encoder(registry):
    examples = examples_of(registry)
    drawn = examples.draw(np.arange(64))
    assert len(examples.batch(drawn).frames) == drawn.sequences.lengths.sum()


def test_the_next_symbol_follows_the_shown_one(registry):
    examples = examples_of(registry)
    drawn = examples.draw(np.arange(64))
    batch = examples.batch(drawn)
    steps = batch.packing.pad(batch.next_symbols - batch.symbols)
    for row, example in enumerate(batch.examples.tolist()):
        length = drawn.sequences.lengths[example]
        assert set(steps[row, :length].tolist()) == {
            int(drawn.sequences.facts["difference"][example])
        }
    assert torch.equal(batch.answers, torch.from_numpy(drawn.sequences.answers)[batch.examples])


def test_a_copy_of_a_training_glyph_is_taken_out_of_the_test_split(glyphs):
    images = glyphs.images.copy()
    test_places = np.flatnonzero(glyphs.splits == Split.TEST)
    images[test_places[0]] = images[np.flatnonzero(glyphs.splits == Split.TRAIN)[0]]
    bank = GlyphBank(Glyphs(images, glyphs.labels, glyphs.splits, glyphs.alphabet), device=CPU)
    assert bank.num_copies_removed == 1
    assert bank.counts(Split.TEST).sum() == len(test_places) - 1


def test_splits_that_are_copies_of_one_another_are_refused(glyphs):
    images = np.tile(glyphs.images[glyphs.splits == Split.TRAIN], (3, 1, 1))
    labels = np.tile(glyphs.labels[glyphs.splits == Split.TRAIN], 3)
    splits = np.repeat(np.arange(3, dtype=np.uint8), len(labels) // 3)
    with pytest.raises(DataError, match="every valid glyph of A is an exact copy"):
        GlyphBank(Glyphs(images, labels, splits, glyphs.alphabet), device=CPU)


def test_a_shifted_source_is_not_tested_on_what_was_trained_on(glyphs):
    train_place, test_place = 1, 53
    assert (glyphs.splits[train_place], glyphs.splits[test_place]) == (Split.TRAIN, Split.TEST)
    images = glyphs.images + np.uint8(1)
    images[test_place] = glyphs.images[train_place]
    others = Glyphs(images, glyphs.labels, glyphs.splits, glyphs.alphabet)
    bank = GlyphBank(others, device=CPU, trained_on=glyphs)
    assert bank.counts(Split.TEST)[1] == 2
    assert bank.counts(Split.TRAIN)[1] == 3
