"""The error gallery: a row for each of the most confident wrong answers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from seqreason.errors import StoreError
from seqreason.reports.page import (
    ACCENT,
    CENTRED,
    FAINT,
    INK,
    MARGIN_INCHES,
    TEXT_POINTS,
    blank_page,
    draw_box,
    draw_leader,
    draw_picture,
    first_row_inches,
    format_facts,
    text_inches,
)
from seqreason.runs import CellResult
from seqreason.spec.metrics import format_share

_LEGEND: Final = "Below each frame: the symbol as read, in red if it is wrong"
_CAUSES: Final = {
    "perception": "perception error",
    "reasoning": "reasoning error",
    "irreducible": "irreducible",
}
_SIDE_INCHES, _LEAST_PITCH_INCHES, _ROW_INCHES = 0.5, 0.56, 0.8
_HEADINGS_INCHES, _LEGEND_INCHES = 0.19, 0.41
_LEADER_INCHES, _LABEL_GAP_INCHES, _COLUMN_GAP_INCHES = 0.32, 0.12, 0.2
_BENEATH_INCHES, _LINES_APART_INCHES = 0.1, 0.085
_LETTER_POINTS, _WORD_POINTS = 15.0, 9.0
_LABEL_POINTS = 8.0
_MOST_LETTERS: Final = 10
_WHITE: Final = 255

_Error = Mapping[str, Any]


def draw_gallery(cell: CellResult) -> Figure:
    """The confident errors of *cell*, at least one: frames, symbols as read, both answers.

    Raises:
        StoreError: the frames beside the cell's result are missing or damaged.
    """
    frames = _frames(cell)
    columns = _Columns.of(cell.errors)
    top = first_row_inches() + _HEADINGS_INCHES
    bottom = top + (len(cell.errors) - 1) * _ROW_INCHES + _SIDE_INCHES + 2 * _BENEATH_INCHES
    legend = f"{_LEGEND}{_example(cell.errors)}"
    right = max(columns.right, MARGIN_INCHES + text_inches([legend], TEXT_POINTS))
    title = f"Confident errors: {cell.title}"
    figure, axes = blank_page(right, bottom, title=title, caption=_caption(cell))
    _draw_text(axes, MARGIN_INCHES, MARGIN_INCHES + _LEGEND_INCHES, legend)
    _draw_headings(axes, columns)
    for place, (error, shown) in enumerate(zip(cell.errors, frames, strict=True)):
        _draw_row(axes, error, shown, columns, top=top + place * _ROW_INCHES)
    return figure


def _frames(cell: CellResult) -> list[NDArray[np.uint8]]:
    path = Path(cell.folder) / "errors.safetensors"
    ends = np.cumsum([0, *(len(error["shown"]) for error in cell.errors)]).tolist()
    try:
        frames = load_file(path)["frames"]
        if frames.ndim != 3 or len(frames) != ends[-1]:
            raise ValueError(f"{ends[-1]} frames expected, got shape {frames.shape}")
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise StoreError(
            f"{path}: the frames of the errors cannot be read ({error}); delete "
            f"{cell.folder} to compute the cell again"
        ) from error
    return [frames[start:end] for start, end in pairwise(ends)]


def _caption(cell: CellResult) -> str:
    """How many errors are shown, of how many, in how many test sequences."""
    num_sequences = sum(row["count"] for row in cell.breakdowns["length"])
    num_wrong = round((1 - (cell.metrics["test_accuracy"] or 0)) * num_sequences)
    answers = f"{num_wrong:,} wrong answers to {num_sequences:,} test sequences"
    if num_wrong > len(cell.errors):
        return f"The {len(cell.errors)} most confident of {answers}"
    if num_wrong > 1:
        return f"All {answers}"
    return f"The one wrong answer to {num_sequences:,} test sequences"


def _example(errors: Sequence[_Error]) -> str:
    """An example of a misread symbol: `: U→V is U read as V`."""
    for error in errors:
        for shown, perceived in zip(error["shown"], error["perceived"], strict=True):
            if shown != perceived:
                label = _perceived_as(shown, perceived)
                return f": {label} is {_short(shown)} read as {_short(perceived)}"
    return ""


def _perceived_as(shown: str, perceived: str) -> str:
    """The symbol below a frame: `U`, or `U→V` if a U was read as a V."""
    return _short(perceived) if shown == perceived else f"{_short(shown)}→{_short(perceived)}"


def _short(name: str) -> str:
    """The name of a symbol, cut if it is long."""
    return name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1] + "…"


def _sureness(error: _Error) -> str:
    return f"{format_share(error['confidence'], places=1)} sure"


def _words(error: _Error) -> tuple[str, str]:
    """The cause, empty if unknown, and the facts of the rule: `difference +3`."""
    cause: str = error["cause"]
    return _CAUSES.get(cause, cause), format_facts(error["facts"])


class _Columns(NamedTuple):
    """The places and widths of the columns of a gallery, in inches.

    Attributes:
        pitch: from one frame to the next.
        answered, true: the middles of the two columns of answers.
        box: the width of the boxes of the answers.
        words: the left end of the words.
        right: the right end of the words.
        points: the font size of the answers.
    """

    pitch: float
    answered: float
    true: float
    box: float
    words: float
    right: float
    points: float

    @property
    def inset(self) -> float:
        """The distance from a column's left edge to its frame, if labels are wider."""
        return (self.pitch - _LEAST_PITCH_INCHES) / 2

    @classmethod
    def of(cls, errors: Sequence[_Error]) -> "_Columns":
        """Columns that are wide enough for all rows."""
        longest = max(len(error["shown"]) for error in errors)
        pairs = [zip(error["shown"], error["perceived"], strict=True) for error in errors]
        labels = [_perceived_as(*pair) for of_error in pairs for pair in of_error]
        label = text_inches(labels, _LABEL_POINTS, is_bold=True)
        pitch = max(_LEAST_PITCH_INCHES, label + _LABEL_GAP_INCHES)
        answers = {_short(error[kind]) for error in errors for kind in ("prediction", "target")}
        points = _LETTER_POINTS
        if text_inches(answers, points, is_bold=True) > _SIDE_INCHES - _LABEL_GAP_INCHES:
            points = _WORD_POINTS
        box = max(_SIDE_INCHES, text_inches(answers, points, is_bold=True) + 2 * _LABEL_GAP_INCHES)
        wide = max(box, text_inches(map(_sureness, errors), TEXT_POINTS))
        answered = MARGIN_INCHES + longest * pitch + _LEADER_INCHES + wide / 2
        true = answered + wide / 2 + _COLUMN_GAP_INCHES + box / 2
        words = true + box / 2 + _COLUMN_GAP_INCHES
        lines = [line for error in errors for line in _words(error)]
        right = words + text_inches(lines, TEXT_POINTS)
        return cls(pitch, answered, true, box, words, right, points)


def _draw_headings(axes: Axes, columns: _Columns) -> None:
    middle = first_row_inches() + _HEADINGS_INCHES / 2 - 0.02
    style: Any = {"fontsize": TEXT_POINTS, "color": FAINT, **CENTRED}
    axes.text(columns.answered, middle, "answered", **style)
    axes.text(columns.true, middle, "true", **style)


def _draw_row(
    axes: Axes, error: _Error, frames: NDArray[np.uint8], columns: _Columns, *, top: float
) -> None:
    _draw_frames(axes, error, frames, columns, top=top)
    middle, beneath = top + _SIDE_INCHES / 2, top + _SIDE_INCHES + _BENEATH_INCHES
    end = MARGIN_INCHES + len(frames) * columns.pitch
    draw_leader(axes, end, columns.answered - columns.box / 2, middle=middle)
    box: Any = {"top": top, "size": (columns.box, _SIDE_INCHES), "points": columns.points}
    for answer, place, colour in (
        (error["prediction"], columns.answered, ACCENT),
        (error["target"], columns.true, INK),
    ):
        draw_box(axes, _short(answer), left=place - columns.box / 2, colour=colour, **box)
    style: Any = {"fontsize": TEXT_POINTS, "color": ACCENT, **CENTRED}
    axes.text(columns.answered, beneath, _sureness(error), **style)
    _draw_words(axes, error, left=columns.words, middle=middle)


def _draw_frames(
    axes: Axes, error: _Error, frames: NDArray[np.uint8], columns: _Columns, *, top: float
) -> None:
    """A row's frames, each with the symbol as read below it."""
    right: Any = {"fontsize": _LABEL_POINTS, "color": FAINT, **CENTRED}
    wrong: Any = {**right, "color": ACCENT, "weight": "bold"}
    beneath = top + _SIDE_INCHES + _BENEATH_INCHES
    pairs = zip(error["shown"], error["perceived"], strict=True)
    for position, (shown, perceived) in enumerate(pairs):
        left = MARGIN_INCHES + position * columns.pitch + columns.inset
        draw_picture(axes, frames[position], left=left, top=top, side=_SIDE_INCHES, white=_WHITE)
        style = right if shown == perceived else wrong
        axes.text(left + _SIDE_INCHES / 2, beneath, _perceived_as(shown, perceived), **style)


def _draw_words(axes: Axes, error: _Error, *, left: float, middle: float) -> None:
    cause, facts = _words(error)
    apart = _LINES_APART_INCHES if cause and facts else 0.0
    _draw_text(axes, left, middle - apart, cause, colour=INK)
    _draw_text(axes, left, middle + apart, facts)


def _draw_text(axes: Axes, left: float, middle: float, text: str, *, colour: str = FAINT) -> None:
    style: Any = {"va": "center", "parse_math": False}
    axes.text(left, middle, text, fontsize=TEXT_POINTS, color=colour, **style)
