"""The pictures of a run: the gallery of errors, reliability diagrams, and their files."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from safetensors.numpy import save_file
from typer.testing import CliRunner

from seqreason.cli import app
from seqreason.errors import StoreError
from seqreason.reports import pictures
from seqreason.reports.gallery import draw_gallery
from seqreason.reports.pictures import keep_pictures
from seqreason.reports.reliability import draw_reliability
from seqreason.runs import CellResult

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "a-long-letter's"]


def make_error(**changes):
    """An error with one of three symbols misread, with *changes*."""
    return {
        "example": 7,
        "shown": ["C", "E", "G"],
        "perceived": ["C", "F", "G"],
        "target": "I",
        "prediction": "J",
        "confidence": 0.954,
        "cause": "perception",
        "facts": {"difference": 2, "start": "C"},
        **changes,
    }


def long_errors(symbols):
    """Errors of 2 to 12 frames, with every third symbol misread."""

    def named(places):
        return [symbols[place % len(symbols)] for place in places]

    return [
        make_error(
            shown=named(range(length)),
            perceived=named(place + (place % 3 == 2) for place in range(length)),
            target=symbols[length % len(symbols)],
            prediction=symbols[-1 - length % len(symbols)],
            cause=["perception", "reasoning", "irreducible", ""][length % 4],
            confidence=1.0,
        )
        for length in (2, 12, 7, 3)
    ]


BINS = [
    {"low": 0.4, "high": 7 / 15, "count": 1, "confidence": 0.45, "accuracy": 0.0},
    {"low": 0.8, "high": 13 / 15, "count": 999, "confidence": 0.85, "accuracy": 0.75},
    {"low": 14 / 15, "high": 1.0, "count": 99_000, "confidence": 0.99, "accuracy": 1.0},
]


@pytest.fixture
def make_cell(tmp_path):
    """Makes a finished cell of 100 test sequences whose folder holds the frames of its errors."""

    def make(*errors, **changes):
        num_frames = sum(len(error["shown"]) for error in errors)
        frames = np.arange(num_frames * 15, dtype=np.int64).reshape(-1, 5, 3) % 256
        save_file({"frames": frames.astype(np.uint8)}, tmp_path / "errors.safetensors")
        values = {
            "status": "finished",
            "metrics": {
                "test_accuracy": 0.99,
                "calibration_error": 0.0123,
                "perception_calibration_error": 0.0456,
            },
            "breakdowns": {"length": [{"count": 60}, {"count": 40}]},
            "reliability": {"perception": BINS, "prediction": BINS[1:]},
            "errors": list(errors),
            "folder": str(tmp_path),
            **changes,
        }
        return CellResult("digest", "tiny", "tiny", 3, **values)

    return make


def texts_of(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def words_of(figure):
    return [text.get_text() for text in texts_of(figure)]


def assert_legible(figure):
    """No two texts overlap, and none is cut off by the page's edge."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts_of(figure)]
    assert len(boxes) > 5
    for words, box in boxes:
        assert 0 < box.x0 < box.x1 < figure.bbox.width, words
        assert 0 < box.y0 < box.y1 < figure.bbox.height, words
    for (one, box), (other, box_of_other) in combinations(boxes, 2):
        assert not box.overlaps(box_of_other), (one, other)


@pytest.mark.parametrize("place", [(0.1, 0.1), (0.98, 0.5)])
def test_assert_legible_fails_on_texts_that_overlap_or_are_cut_off(place):
    figure = Figure()
    for line in range(6):
        figure.text(0.1, 0.1 + 0.1 * line, "line")
    assert_legible(figure)
    figure.text(*place, "another")
    with pytest.raises(AssertionError):
        assert_legible(figure)


def test_the_gallery_has_symbols_as_read_both_answers_and_the_cause(make_cell):
    assert words_of(draw_gallery(make_cell(make_error()))) == [
        "Confident errors: tiny, seed 3",
        "The one wrong answer to 100 test sequences",
        "Below each frame: the symbol as read, in red if it is wrong: E→F is E read as F",
        "answered",
        "true",
        "C",
        "E→F",
        "G",
        "J",
        "I",
        "95.4 % sure",
        "perception error",
        "difference +2, start C",
    ]


def test_only_what_is_wrong_is_red(make_cell):
    figure = draw_gallery(make_cell(make_error()))
    red = [text.get_text() for text in texts_of(figure) if text.get_color() == "#9c2f1f"]
    assert red == ["E→F", "J", "95.4 % sure"]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("reasoning", ["reasoning error"]),
        ("irreducible", ["irreducible"]),
        ("", []),
    ],
)
def test_the_gallery_has_the_cause_if_it_is_known(make_cell, cause, words):
    result = words_of(draw_gallery(make_cell(make_error(cause=cause, facts={}))))
    assert result[result.index("95.4 % sure") + 1 :] == words


def test_only_whole_numbers_among_the_facts_have_a_sign(make_cell):
    facts = {"difference": -3, "step": 0, "rule": "fibonacci", "even": True}
    result = words_of(draw_gallery(make_cell(make_error(facts=facts))))
    assert result[-1] == "difference −3, step 0, rule fibonacci, even True"


@pytest.mark.parametrize(
    ("num_errors", "accuracy", "caption"),
    [
        (
            12,
            0.83,
            "The 12 most confident of 17 wrong answers to 100 test sequences",
        ),
        (2, 0.98, "All 2 wrong answers to 100 test sequences"),
        (1, 0.99, "The one wrong answer to 100 test sequences"),
    ],
)
def test_the_gallery_says_how_many_errors_there_are(make_cell, num_errors, accuracy, caption):
    cell = make_cell(*[make_error()] * num_errors, metrics={"test_accuracy": accuracy})
    assert words_of(draw_gallery(cell))[1] == caption


def test_the_gallery_shows_the_frames_of_each_error_in_order(make_cell):
    cell = make_cell(make_error(), make_error(shown=["A", "B"], perceived=["A", "B"]))
    (axes,) = draw_gallery(cell).axes
    drawn = [image.get_array() for image in axes.images]
    whole = np.arange(75).reshape(5, 5, 3)
    assert np.array_equal(drawn, whole)
    tops = [image.get_extent()[3] for image in axes.images]
    assert tops[0] == tops[1] == tops[2] < tops[3] == tops[4]


@pytest.mark.parametrize("symbols", [LETTERS, WORDS], ids=["letters", "words"])
def test_nothing_in_the_gallery_overlaps(make_cell, symbols):
    assert_legible(draw_gallery(make_cell(*long_errors(symbols))))


def test_a_name_with_dollar_signs_is_no_formula(make_cell):
    cell = make_cell(make_error(prediction="$J$"))
    figure = draw_gallery(cell)
    assert_legible(figure)
    assert not any(text.get_parse_math() for text in texts_of(figure) if "$" in text.get_text())


@pytest.mark.parametrize("damage", ["missing", "no tensors", "other tensors", "too few"])
def test_damaged_frames_are_an_error_with_the_fix(make_cell, tmp_path, damage):
    cell = make_cell(make_error())
    path = tmp_path / "errors.safetensors"
    path.unlink()
    if damage == "no tensors":
        path.write_bytes(b"not a file of tensors")
    elif damage != "missing":
        name = "frames" if damage == "too few" else "others"
        save_file({name: np.zeros((2, 5, 3), dtype=np.uint8)}, path)
    message = r"errors.safetensors: the frames .* cannot be read .*; delete .* to compute the cell"
    with pytest.raises(StoreError, match=message):
        draw_gallery(cell)


def test_reliability_shows_each_bin_s_confidence_and_accuracy_and_share(make_cell):
    _, perception, shares, *_ = draw_reliability(make_cell()).axes
    (dots,) = [item for item in perception.collections if isinstance(item, PathCollection)]
    assert dots.get_offsets().tolist() == [[0.45, 0.0], [0.85, 0.75], [0.99, 1.0]]
    assert sorted(dots.get_sizes()) == dots.get_sizes().tolist()
    bars = [(bar.get_x(), bar.get_height()) for bar in shares.patches]
    # The one answer of 100,000 would be no bar at all.
    assert bars == [(0.4, 6e-5), (0.8, 0.00999), (14 / 15, 0.99)]
    assert shares.get_ylim()[0] < 6e-5


def test_a_picture_s_title_has_the_arm_unless_its_name_holds_the_benchmark_s(make_cell):
    cell = make_cell(make_error())
    titles = {
        "lstm": "tiny, lstm, seed 3",
        "tiny": "tiny, seed 3",
        "tiny, gru": "tiny, gru, seed 3",
        "tinyish": "tiny, tinyish, seed 3",
    }
    for arm, title in titles.items():
        of_arm = replace(cell, arm=arm)
        assert words_of(draw_gallery(of_arm))[0] == f"Confident errors: {title}"
        assert words_of(draw_reliability(of_arm))[0] == f"Calibration: {title}"


def test_reliability_has_stages_counts_and_calibration_errors(make_cell):
    result = words_of(draw_reliability(make_cell()))
    assert "Calibration: tiny, seed 3" in result
    at = result.index("Perception: each frame")
    assert result[at : at + 4] == [
        "Perception: each frame",
        "100,000 frames · ECE 4.56 %",
        "Prediction: the last position",
        "99,999 answers · ECE 1.23 %",
    ]


def test_nothing_in_the_reliability_diagrams_overlaps(make_cell):
    assert_legible(draw_reliability(make_cell()))


def test_reliability_of_one_stage_is_one_diagram(make_cell):
    figure = draw_reliability(make_cell(reliability={"prediction": BINS}))
    assert "Perception: each frame" not in words_of(figure)
    assert len(figure.axes) == 3


def test_a_cell_s_pictures_are_kept_beside_its_result(make_cell, tmp_path):
    kept = keep_pictures(make_cell(make_error()))
    assert kept.captions == ("confident errors in errors.png", "calibration in reliability.png")
    assert kept.problems == ()
    for name in ("errors.png", "reliability.png"):
        assert imread(tmp_path / name).std() > 0
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("changes", "captions"),
    [
        ({}, ("calibration in reliability.png",)),
        ({"reliability": {}}, ()),
        ({"status": "failed"}, ()),
    ],
)
def test_a_cell_without_errors_or_bins_has_no_such_picture(make_cell, tmp_path, changes, captions):
    assert keep_pictures(make_cell(**changes)) == pictures.Pictures(captions, ())
    assert len(list(tmp_path.glob("*.png"))) == len(captions)


def test_a_picture_that_exists_is_not_drawn_again(make_cell, tmp_path, monkeypatch):
    (tmp_path / "errors.png").write_bytes(b"kept")
    drawn = []
    monkeypatch.setattr(pictures, "_drawn", lambda cell, name: drawn.append(name) or b"new")
    assert len(keep_pictures(make_cell(make_error())).captions) == 2
    assert drawn == ["reliability.png"]
    assert (tmp_path / "errors.png").read_bytes() == b"kept"


def test_a_damaged_picture_s_frames_do_not_keep_the_other_from_being_drawn(make_cell, tmp_path):
    cell = make_cell(make_error())
    (tmp_path / "errors.safetensors").write_bytes(b"")
    kept = keep_pictures(cell)
    assert kept.captions == ("calibration in reliability.png",)
    (problem,) = kept.problems
    assert "errors.safetensors: the frames of the errors cannot be read" in problem
    assert not list(tmp_path.glob("*.part"))


@pytest.fixture
def run(spec_file, tmp_path):
    """Runs `seqreason run` on the tiny benchmark; gives its outcome and the folder of its cell."""

    def run(*arguments):
        runs = tmp_path / "runs"
        command = ["run", spec_file, "--plugin", TINY_PLUGINS, "--runs", runs, *arguments]
        outcome = CliRunner().invoke(app, list(map(str, command)), env={"COLUMNS": "100"})
        assert outcome.exit_code == 0, (outcome.exception, outcome.output)
        (result,) = runs.rglob("result.json")
        return outcome, result.parent

    return run


def test_the_command_writes_the_pictures_once_and_names_them(run):
    outcome, folder = run()
    ending = f"{folder}; confident errors in errors.png, calibration in reliability.png"
    assert outcome.stdout.splitlines()[-1] == f"tiny seed 0: kept in {ending}"
    assert {path.name for path in folder.glob("*.png")} == {"errors.png", "reliability.png"}
    (folder / "errors.png").write_bytes(b"kept")
    outcome, _ = run()
    assert outcome.stdout.splitlines()[-1] == f"tiny seed 0: found finished in {ending}"
    assert (folder / "errors.png").read_bytes() == b"kept"


def test_pictures_that_cannot_be_written_are_one_remark(run, monkeypatch):
    _, folder = run("--json")
    for name in ("errors", "reliability"):
        (folder / f"{name}.png").unlink()

    def refuse(path, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    outcome, _ = run("--json")
    assert json.loads(outcome.stdout)["cells"][0]["reused"]
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stderr.startswith(f"tiny seed 0: {folder}/errors.png: cannot be written (")
    assert f"; {folder}/reliability.png: cannot be written (" in outcome.stderr


def test_a_run_from_python_draws_nothing(make_data, tmp_path):
    import seqreason

    seqreason.run(make_data(), plugins=[TINY_PLUGINS], runs=tmp_path)
    assert list(tmp_path.rglob("result.json"))
    assert not list(tmp_path.rglob("*.png"))
