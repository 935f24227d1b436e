"""A real set of photographed letters, read as a folder of images."""

from pathlib import Path

import numpy as np
import pytest

import seqreason
from seqreason import SourceContext
from seqreason_plugins.sources.image_folder import ImageFolder

PHOTO_LETTERS = Path(__file__).parents[3] / "shared" / "data" / "photo-letters"


@pytest.mark.real_data
def test_the_photographed_letters_are_all_read_at_one_size():
    config = ImageFolder.Config(path=PHOTO_LETTERS)
    glyphs = ImageFolder(config, SourceContext(cache_folder=Path("nowhere"))).load()
    assert (len(glyphs.labels), glyphs.notes) == (2426, ())
    assert "".join(glyphs.alphabet.symbols) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert np.bincount(glyphs.splits).tolist() == [1958, 234, 234]
    ink = glyphs.images > 0
    extents = np.maximum(ink.any(axis=1).sum(axis=1), ink.any(axis=2).sum(axis=1))
    assert extents.max() <= 20
    assert np.median(extents) == 20
    # Thin strokes on black paper: the polarity is right in every image.
    assert ink.mean(axis=(1, 2)).max() < 0.5
    assert (glyphs.images.max(axis=(1, 2)) == 255).all()


@pytest.mark.slow
@pytest.mark.real_data
def test_a_model_learns_to_read_the_photographed_letters(tmp_path):
    changes = [
        "source.kind=image-folder",
        f"source.path={PHOTO_LETTERS}",
        "loss.objective.kind=cross-entropy",
        "training.examples=6000",
        "training.epochs=1",
        "training.learning_rate=0.002",
        "evaluation.examples=500",
        "evaluation.valid_examples=100",
        "evaluation.train_examples=100",
    ]
    (cell,) = seqreason.run("quickstart", overrides=changes, runs=tmp_path)
    # Guessing is right for 1 of 26.
    assert cell.metrics["perception_accuracy"] > 0.7
