"""`seqreason predict`: the symbol that follows your own images, by the model of a cell."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.data.photographs import read_glyph
from seqreason.errors import DataError, SpecError, StoreError
from seqreason.registry import load_registry
from seqreason.runs.results.predictor import Predictor
from seqreason.runs.store.cell_folder import CellFolder

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
BENCHMARK = {
    "benchmark": "tiny",
    "source": {"kind": "dots"},
    "generator": {"kind": "easy"},
    "encoder": {"kind": "residual-cnn", "channels": [4], "features": 16},
    "reasoner": {"kind": "rule-posterior"},
    "loss": {
        "objective": {"kind": "cross-entropy"},
        "perception": {"kind": "hard"},
        "prediction": {"kind": "hard"},
        "forcing": {"kind": "teacher"},
    },
    "training": {
        "examples": 200, "epochs": 2, "batch_size": 20, "precision": "float32",
        "learning_rate": 0.01,
    },
    "evaluation": {"examples": 20, "valid_examples": 20, "train_examples": 20},
    "seeds": [0],
}  # fmt: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder with a trained cell, and the frames of its first test examples as PNG files."""
    folder = tmp_path_factory.mktemp("predicted")
    runs = folder / "runs"
    (cell,) = seqreason.run(BENCHMARK, plugins=[TINY_PLUGINS], runs=runs)
    assert cell.status == "finished", cell.reason
    test = seqreason.dataset(BENCHMARK, "test", plugins=[TINY_PLUGINS])
    for example in range(4):
        frames = (test[example].frames[:, 0].numpy() * 255).round().astype(np.uint8)
        for place, frame in enumerate(frames):
            Image.fromarray(frame).save(folder / f"{example}-{place}.png")
            Image.fromarray(255 - frame).save(folder / f"negative-{example}-{place}.png")
    return folder, cell


@pytest.fixture
def predict(made, monkeypatch):
    monkeypatch.chdir(made[0])

    def predict(*arguments):
        result = CliRunner().invoke(app, ["predict", *arguments, "--plugin", TINY_PLUGINS])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return predict


def images(example, kind=""):
    return [f"{kind}{example}-{place}.png" for place in range(5)]


@pytest.mark.parametrize("example", range(4))
def test_frames_of_a_test_example_get_the_answer_that_the_cell_stored(example, predict, made):
    document = json.loads(predict(made[1].digest, *images(example), "--json"))
    kept = pl.read_parquet(Path(made[1].folder) / "predictions.parquet").row(example, named=True)
    assert document["cell"] == made[1].digest
    assert [guess["symbol"] for guess in document["shown"]] == kept["perceived"]
    assert [guess["image"] for guess in document["shown"]] == images(example)
    assert document["next"][0]["symbol"] == kept["prediction"]
    assert document["next"][0]["probability"] == pytest.approx(kept["confidence"], abs=1e-5)


def test_five_symbols_are_listed_the_likeliest_first(predict, made):
    document = json.loads(predict(made[1].folder, *images(0), "--json"))
    shares = [guess["probability"] for guess in document["next"]]
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= guess["probability"] <= 1 for guess in document["shown"])


def test_a_dark_drawing_on_light_ground_is_read_as_its_negative(predict, made):
    light = json.loads(predict(made[1].digest[:6], *images(1), "--json"))
    dark = json.loads(predict(made[1].digest[:6], *images(1, "negative-"), "--json"))
    assert dark["next"] == light["next"]


def test_another_size_is_read_as_a_source_of_photographs_reads_it(predict, made):
    large = made[0] / "large.png"
    pixels = np.full((90, 60), 240, dtype=np.uint8)
    pixels[20:70, 25:32] = 30
    Image.fromarray(pixels).save(large)
    document = json.loads(predict(made[1].digest, *["large.png"] * 5, "--json"))
    with large.open("rb") as file:
        frame = read_glyph(file, ink="auto", size=(8, 8))
    assert frame.any(axis=1).sum() == 6
    predictor = Predictor.of(CellFolder(Path(made[1].folder)), load_registry([TINY_PLUGINS]))
    expected = predictor.predict(np.stack([frame] * 5))
    assert document["next"][0]["symbol"] == expected.following[0].symbol
    assert document["shown"][0]["symbol"] == expected.shown[0].symbol


def test_the_table_has_the_images_and_the_last_line_the_next_symbol(predict, made):
    result = predict(made[1].digest, *images(2))
    document = json.loads(predict(made[1].digest, *images(2), "--json"))
    assert f"next: {document['next'][0]['symbol']}, " in result
    assert all(name in result for name in images(2))


def test_a_number_of_images_that_no_rule_fits_is_an_error(predict, made):
    with pytest.raises(SpecError, match=r"^40 images: "):
        predict(made[1].digest, *["0-0.png"] * 40)


def test_a_number_of_images_that_training_did_not_have_gets_a_note(made):
    predictor = Predictor.of(CellFolder(Path(made[1].folder)), load_registry([TINY_PLUGINS]))
    assert predictor.unusual_length(3).startswith("images: 3, but the benchmark has 5;")
    assert predictor.unusual_length(5) == ""


def test_an_image_that_cannot_be_read_is_an_error_with_the_reason(predict, made):
    (made[0] / "words.png").write_text("no image")
    Image.new("L", (30, 30), 255).save(made[0] / "blank.png")
    with pytest.raises(DataError, match=r"words\.png: not an image of a known format"):
        predict(made[1].digest, "words.png")
    Image.new("L", (8, 8), 9).save(made[0] / "black.png")
    for name in ("blank", "black"):
        with pytest.raises(DataError, match=rf"{name}\.png: blank: there is no ink"):
            predict(made[1].digest, f"{name}.png")
    with pytest.raises(SpecError, match=r"absent\.png: this image file does not exist"):
        predict(made[1].digest, "absent.png")
    with pytest.raises(
        SpecError, match=r"blank\.png: with --no-crop, an image must have 8×8 pixels"
    ):
        predict(made[1].digest, "blank.png", "--no-crop")


def test_a_cell_that_is_missing_or_unfinished_is_an_error(predict, made, tmp_path):
    with pytest.raises(
        SpecError, match="no finished cell of runs has a digest that begins with it"
    ):
        predict("0000", "0-0.png")
    begun = tmp_path / "begun"
    begun.mkdir()
    shutil.copy(Path(made[1].folder) / "cell.json", begun)
    runs = tmp_path / "runs" / "tiny" / "seed-0-abcd"
    shutil.copytree(begun, runs)
    with pytest.raises(StoreError, match=r"not finished \(unfinished: stopped\)"):
        predict(made[1].digest, "0-0.png", "--runs", str(tmp_path / "runs"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file; delete"), (b"nothing", "not the weights of the cell's model")],
)
def test_missing_or_damaged_weights_are_an_error(content, message, predict, made, tmp_path):
    copy = shutil.copytree(made[1].folder, tmp_path / "copy")
    (copy / "weights.safetensors").unlink()
    if content is not None:
        (copy / "weights.safetensors").write_bytes(content)
    with pytest.raises(StoreError, match=message):
        predict(str(copy), "0-0.png")


def test_a_cell_of_a_version_that_kept_no_symbols_is_an_error(predict, made, tmp_path):
    copy = shutil.copytree(made[1].folder, tmp_path / "copy")
    result = json.loads((copy / "result.json").read_text())
    del result["environment"]["data"]["symbols"]
    (copy / "result.json").write_text(json.dumps(result))
    with pytest.raises(StoreError, match="early version that did not store the symbols"):
        predict(str(copy), "0-0.png")


def test_a_part_that_has_changed_since_gets_a_note(made, tmp_path):
    copy = shutil.copytree(made[1].folder, tmp_path / "copy")
    identity = json.loads((copy / "cell.json").read_text())
    identity["plugins"]["reasoner rule-posterior"]["source"] = "other"
    (copy / "cell.json").write_text(json.dumps(identity))
    predictor = Predictor.of(CellFolder(copy), load_registry([TINY_PLUGINS]))
    assert predictor.notes == ("reasoner rule-posterior has changed since the cell was computed",)
