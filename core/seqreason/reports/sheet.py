"""A contact sheet: examples as a model sees them, each with its rule and its answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray
from torch import Tensor

from seqreason.alphabet import Alphabet
from seqreason.data import ExampleSet
from seqreason.errors import StoreError
from seqreason.sequences import Sequences

PAPER, INK, FAINT, ACCENT = "#f4f1ea", "#2f2d2a", "#7a756b", "#9c2f1f"
HAIRLINE = "#d6d0c3"
MARGIN_INCHES = 0.32

_HEAD_INCHES = 0.56
_SIDE_INCHES = 0.56
_PITCH_INCHES = 0.62
_LEADER_INCHES = 0.3
_TEXT_GAP_INCHES = 0.22
_ANSWER_POINTS, _TEXT_POINTS, _TITLE_POINTS = 17.0, 7.5, 10.0
_CENTRED: Any = {"ha": "center", "va": "center_baseline"}
_DOTS_PER_INCH = 150


def draw_sheet(examples: ExampleSet, *, count: int, title: str, caption: str) -> Figure:
    """The first *count* examples, a row each: frames in order, the answer, the rule in words."""
    drawn = examples.draw(np.arange(count))
    batch = examples.batch(drawn)
    frames = batch.packing.pad(batch.frames)[:, :, 0].cpu()
    rows = dict(zip(batch.examples.tolist(), frames, strict=True))
    lengths = drawn.sequences.lengths.tolist()
    words = [_words(drawn.sequences, place, examples.bank.alphabet) for place in range(count)]
    answers = MARGIN_INCHES + max(lengths) * _PITCH_INCHES + _LEADER_INCHES
    lines = (line for of_row in words for line in (of_row.symbols, of_row.facts))
    right = answers + _SIDE_INCHES + _TEXT_GAP_INCHES + text_inches(lines, _TEXT_POINTS)
    bottom = first_row_inches() + (count - 1) * _PITCH_INCHES + _SIDE_INCHES
    figure, axes = blank_page(right, bottom, title=title, caption=caption)
    for place, length in enumerate(lengths):
        top = first_row_inches() + place * _PITCH_INCHES
        _draw_frames(axes, rows[place][:length], top)
        _draw_leader(axes, MARGIN_INCHES + length * _PITCH_INCHES, answers, top)
        _draw_answer(axes, words[place].answer, left=answers, top=top)
        left = answers + _SIDE_INCHES + _TEXT_GAP_INCHES
        _draw_words(axes, words[place], left=left, middle=top + _SIDE_INCHES / 2)
    return figure


def first_row_inches() -> float:
    """Where the rows begin beneath a page's heading."""
    return MARGIN_INCHES + _HEAD_INCHES


def blank_page(right: float, bottom: float, *, title: str, caption: str) -> tuple[Figure, Axes]:
    """A page with its heading, and axes over all of it that count inches from its top left.

    Args:
        right, bottom: where what will be drawn ends; a longer heading widens the page.
    """
    heading = max(
        text_inches([title], _TITLE_POINTS, is_bold=True), text_inches([caption], _TEXT_POINTS)
    )
    width, height = max(right, MARGIN_INCHES + heading) + MARGIN_INCHES, bottom + MARGIN_INCHES
    figure = Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    top = MARGIN_INCHES
    axes.text(MARGIN_INCHES, top, title, fontsize=_TITLE_POINTS, weight="bold", color=INK, va="top")
    axes.text(MARGIN_INCHES, top + 0.21, caption, fontsize=_TEXT_POINTS, color=FAINT, va="top")
    return figure, axes


def draw_picture(
    axes: Axes, pixels: NDArray[Any], *, left: float, top: float, side: float, white: float
) -> None:
    """One picture in a square of *side* inches, its proportions kept, with a hairline around it.

    Shapes:
        pixels: (height, width), 0 = black and *white* = white
    """
    height, width = np.array(pixels.shape) * (side / max(pixels.shape))
    left, top = left + (side - width) / 2, top + (side - height) / 2
    extent = (left, left + width, top + height, top)
    axes.imshow(
        pixels,
        cmap="gray",
        vmin=0,
        vmax=white,
        extent=extent,
        aspect="auto",
        interpolation="hanning",
    )
    axes.add_patch(
        Rectangle((left, top), width, height, fill=False, edgecolor=HAIRLINE, linewidth=0.6)
    )


def text_inches(lines: Iterable[str], points: float, *, is_bold: bool = False) -> float:
    """How wide the longest line is."""
    font = FontProperties(weight="bold" if is_bold else None)
    paths = [TextPath((0, 0), line, size=points, prop=font) for line in lines if line.strip()]
    return max((path.get_extents().x1 / 72 for path in paths), default=0.0)


def save_sheet(figure: Figure, path: Path) -> None:
    """Write the sheet as a PNG, or in what format the file's suffix says.

    Raises:
        StoreError: the file cannot be written, or its format is not known.
    """
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise StoreError(f"--out {path}: the sheet cannot be written: {error}") from error


def png_of(figure: Figure) -> bytes:
    """The sheet as the bytes of a PNG file."""
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw_frames(axes: Axes, frames: Tensor, top: float) -> None:
    for position, frame in enumerate(frames.numpy()):
        left = MARGIN_INCHES + position * _PITCH_INCHES
        draw_picture(axes, frame, left=left, top=top, side=_SIDE_INCHES, white=1)


def _draw_leader(axes: Axes, left: float, right: float, top: float) -> None:
    """A faint arrow from a sequence's end to its answer, however short the sequence is."""
    middle = top + _SIDE_INCHES / 2
    axes.annotate(
        "",
        xy=(right - 0.06, middle),
        xytext=(left + 0.02, middle),
        arrowprops={"arrowstyle": "->", "color": "#b9b2a3", "linewidth": 0.8, "shrinkA": 0},
    )


def _draw_answer(axes: Axes, answer: str, *, left: float, top: float) -> None:
    """The answer in print, in a box of its own: it is a symbol, and no glyph of it was drawn."""
    box = FancyBboxPatch(
        (left, top),
        _SIDE_INCHES,
        _SIDE_INCHES,
        boxstyle="round,pad=-0.015,rounding_size=0.07",
        facecolor="white",
        edgecolor=ACCENT,
        linewidth=1.1,
    )
    axes.add_patch(box)
    wide = text_inches([answer], _ANSWER_POINTS, is_bold=True)
    # The name of a symbol may be a word; it is set smaller, so that all boxes are alike.
    points = _ANSWER_POINTS * min(1, (_SIDE_INCHES - 0.12) / max(wide, 0.01))
    middle = (left + _SIDE_INCHES / 2, top + _SIDE_INCHES / 2)
    axes.text(*middle, answer, fontsize=points, weight="bold", color=ACCENT, **_CENTRED)


def _draw_words(axes: Axes, words: "_Words", *, left: float, middle: float) -> None:
    apart = 0.085 if words.facts else 0.0
    style: dict[str, Any] = {"fontsize": _TEXT_POINTS, "va": "center"}
    axes.text(left, middle - apart, words.symbols, color=INK, **style)
    axes.text(left, middle + apart, words.facts, color=FAINT, **style)


@final
@dataclass(frozen=True)
class _Words:
    """What is said of a sequence: `C F I L O → R`, `difference +3`, and the answer, `R`."""

    symbols: str
    facts: str
    answer: str


def _words(sequences: Sequences, place: int, alphabet: Alphabet) -> _Words:
    length = int(sequences.lengths[place])
    shown = alphabet.spell(sequences.symbols[place, :length].tolist())
    answer = alphabet.symbols[int(sequences.answers[place])]
    facts = [f"{name} {_fact(values[place])}" for name, values in sequences.facts.items()]
    return _Words(f"{shown} → {answer}", ", ".join(facts), answer)


def _fact(value: Any) -> str:
    """A number with its sign, or a word as it is."""
    if not isinstance(value, np.integer):
        return str(value)
    return f"{value:+d}".replace("-", "−") if value else "0"
