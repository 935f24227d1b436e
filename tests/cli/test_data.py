"""`seqreason data`: its output, the files that it caches and draws, and its errors."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from seqreason.cli import main
from seqreason.cli.plugins.data import _progress_bar
from seqreason.reports.glyph_sheet import draw_glyph_sheet, samples
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.glyphs import Glyphs, Split

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")


@dataclass
class Completed:
    """The exit code and the output of a command."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def data(tmp_path, monkeypatch, capsys):
    """Runs `seqreason data …` in an empty folder, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("SEQREASON_CACHE", str(tmp_path / "cache"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["seqreason", "data", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Completed(ended.value.code or 0, printed.out, printed.err)

    return run


def test_fetch_prints_the_number_of_glyphs_their_folder_and_whether_they_are_new(data, tmp_path):
    first, second = (data("fetch", "dots", "--plugin", TINY_PLUGINS) for _ in range(2))
    amount = "dots: 702 glyphs of 26 symbols A B C … Z"
    assert first.stdout == f"{amount}, now in {tmp_path}/cache\n"
    assert second.stdout == f"{amount}, already in {tmp_path}/cache\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(list((tmp_path / "cache" / "glyphs").iterdir())) == 1


def test_fetch_answers_in_json(data, tmp_path):
    result = data("fetch", "dots", "--plugin", TINY_PLUGINS, "--set", "noise=5", "--json")
    assert json.loads(result.stdout) == {
        "source": {"kind": "dots", "noise": 5},
        "glyphs": 702,
        "cache_folder": str(tmp_path / "cache"),
        "was_there": False,
    }
    assert result.stderr == ""


def test_fetch_works_where_the_cache_cannot_be_written(data, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    result = data("fetch", "dots", "--plugin", TINY_PLUGINS)
    assert result.returncode == 0
    assert result.stdout.endswith(f"Z, but cannot be written to {tmp_path}/cache\n")


def test_info_as_json_has_the_symbols_the_frame_size_and_the_counts(data, tmp_path):
    document = json.loads(data("info", "dots", "--plugin", TINY_PLUGINS, "--json").stdout)
    of_a_split = {
        "glyphs": 234,
        "fewest": {"symbol": "A", "glyphs": 9},
        "most": {"symbol": "A", "glyphs": 9},
    }
    digest = document.pop("digest")
    assert len(digest) == 32
    assert document == {
        "source": {"kind": "dots", "noise": 40},
        "alphabet": list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "frame_size": {"height": 8, "width": 8},
        "glyphs": 702,
        "splits": {"train": of_a_split, "valid": of_a_split, "test": of_a_split},
        "copies_removed": 0,
        "notes": [],
        "cache_folder": str(tmp_path / "cache"),
    }


def test_info_prints_tables(data):
    result = data("info", "dots", "--plugin", TINY_PLUGINS)
    lines = [line.strip("│ ") for line in result.stdout.splitlines()]
    cells = [[cell.strip() for cell in line.split("│")] for line in lines]
    assert ["settings", "noise 40"] in cells
    assert ["frame", "8 × 8 pixels"] in cells
    assert ["copies across splits", "0 removed"] in cells
    assert ["test", "234", "A 9", "A 9"] in cells


@pytest.mark.real_data
def test_info_counts_only_glyphs_that_are_used(data, letters_file):
    result = data("info", "ocr-letters", "--set", f"path={letters_file}", "--json")
    facts = json.loads(result.stdout)
    assert facts["glyphs"] + facts["copies_removed"] == 52_152
    assert facts["splits"]["train"]["fewest"] == {"symbol": "J", "glyphs": 144}
    assert facts["splits"]["train"]["most"] == {"symbol": "N", "glyphs": 4010}


def test_info_draws_a_sheet_of_glyphs(data, tmp_path):
    result = data("info", "dots", "--plugin", TINY_PLUGINS, "--out", "glyphs.png")
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("glyphs.png: sample glyphs of the train split\n")
    height, width, _ = imread(tmp_path / "glyphs.png").shape
    assert 1.4 < width / height < 1.6


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["dotz"], 2, "unknown source 'dotz': did you mean 'dots'? Choose from dots, emnist"),
        (
            ["dots", "--set", "noize=3"],
            2,
            "source dots: noize: no such setting. Did you mean 'noise'",
        ),
        (["dots", "--set", "noise=101"], 2, "noise: expected 100 or less"),
        (["dots", "--set", "noise"], 2, "--set noise: expected path=value"),
        (["image-folder"], 2, "source image-folder: path: missing, and it has no default"),
        (["ocr-letters", "--set", "path=gone.gz"], 1, "source.path: gone.gz cannot be read"),
        (["ocr-letters", "--set", "source.path=gone.gz"], 1, "source.path: gone.gz cannot be read"),
    ],
)
@pytest.mark.parametrize("command", ["fetch", "info"])
def test_a_mistake_is_one_message(data, command, arguments, code, message):
    result = data(command, *arguments, "--plugin", TINY_PLUGINS)
    assert result.returncode == code
    assert message in result.stderr
    assert result.stdout == ""


def test_a_sheet_that_cannot_be_written_is_an_error(data):
    result = data("info", "dots", "--plugin", TINY_PLUGINS, "--out", "no/such/glyphs.png")
    assert result.returncode == 1
    assert "--out no/such/glyphs.png: the sheet cannot be written" in result.stderr


def test_samples_are_spread_over_all_training_glyphs_of_a_symbol():
    symbols, count = Alphabet(symbols=("A", "B")), 104
    splits = np.array([Split.TRAIN] * 100 + [Split.VALID] * 2 + [Split.TEST] * 2, dtype=np.uint8)
    labels = np.arange(count) % 2
    images = np.zeros((count, 4, 6), dtype=np.uint8)
    glyphs = Glyphs(images, labels, splits, symbols)
    assert samples(glyphs, 0).tolist() == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert samples(glyphs, 1).tolist() == [1, 11, 21, 31, 41, 51, 61, 71, 81, 91]


def test_a_symbol_of_few_glyphs_is_drawn_with_all_of_them(glyphs):
    assert len(samples(glyphs, 3)) == 3
    sheet = draw_glyph_sheet(glyphs, title="few", caption="three of each")
    assert len(sheet.axes[0].images) == 26 * 3


def test_the_progress_bar_shows_how_far_things_are():
    from rich.console import Console

    console = Console(force_terminal=True, record=True, width=80)
    with _progress_bar(console, "glyphs of dots") as report:
        report(1, 4)
    assert "glyphs of dots" in console.export_text()
