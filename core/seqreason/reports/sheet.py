"""A contact sheet: examples as a model sees them, each with its rule and its answer."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from seqreason.alphabet import Alphabet
from seqreason.data import ExampleSet
from seqreason.errors import StoreError
from seqreason.sequences import Sequences

_CELL_INCHES = 0.62
_TEXT_INCHES = 2.6
_HEAD_INCHES = 0.55


def draw_sheet(examples: ExampleSet, *, count: int, title: str) -> Figure:
    """The first *count* examples, a row each: frames in order, the answer, the rule in words."""
    drawn = examples.draw(np.arange(count))
    batch = examples.batch(drawn)
    frames = batch.packing.pad(batch.frames)[:, :, 0].cpu()
    rows = dict(zip(batch.examples.tolist(), frames, strict=True))
    time = int(drawn.sequences.lengths.max())
    columns = time + 1.5
    width = columns * _CELL_INCHES + _TEXT_INCHES
    height = count * _CELL_INCHES + _HEAD_INCHES
    figure = Figure(figsize=(width, height), dpi=150, facecolor="#f4f1ea")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.text(0.12, 0.3, title, fontsize=9, weight="bold", color="#333333", va="center")
    for place in range(count):
        top = _HEAD_INCHES + place * _CELL_INCHES
        _draw_frames(axes, rows[place], int(drawn.sequences.lengths[place]), top)
        answer = examples.bank.alphabet.symbols[int(drawn.sequences.answers[place])]
        _draw_answer(axes, answer, left=(time + 0.3) * _CELL_INCHES, top=top)
        rule = _in_words(drawn.sequences, place, examples.bank.alphabet)
        left = (time + 1.6) * _CELL_INCHES
        axes.text(left, top + 0.28, rule, fontsize=7, color="#333333", va="center")
    # Drawing an image moves the limits, so they are set when all are there.
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="auto")
    return figure


def save_sheet(figure: Figure, path: Path) -> None:
    """Write the sheet as a PNG, or in what format the file's suffix says.

    Raises:
        StoreError: the file cannot be written, or its format is not known.
    """
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise StoreError(f"--out {path}: the sheet cannot be written: {error}") from error


def _draw_frames(axes: Axes, frames: Tensor, length: int, top: float) -> None:
    side = _CELL_INCHES * 0.9
    for position in range(length):
        left = 0.12 + position * _CELL_INCHES
        box = (left, left + side, top + side, top)
        axes.imshow(frames[position].numpy(), cmap="gray", vmin=0, vmax=1, extent=box, zorder=2)


def _draw_answer(axes: Axes, answer: str, *, left: float, top: float) -> None:
    """The answer in print, in a box of its own: it is a symbol, and no glyph of it was drawn."""
    middle = (left + _CELL_INCHES * 0.6, top + _CELL_INCHES * 0.45)
    axes.text(
        *middle,
        answer,
        fontsize=15,
        weight="bold",
        color="#9c2f1f",
        ha="center",
        va="center",
        bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "#9c2f1f"},
    )


def _in_words(sequences: Sequences, place: int, alphabet: Alphabet) -> str:
    """`C F I L O → R` and beneath it the rule's facts: `difference +3`."""
    length = int(sequences.lengths[place])
    shown = alphabet.spell(sequences.symbols[place, :length].tolist())
    answer = alphabet.symbols[int(sequences.answers[place])]
    facts = [f"{name} {_fact(values[place])}" for name, values in sequences.facts.items()]
    return f"{shown} → {answer}\n{', '.join(facts)}"


def _fact(value: Any) -> str:
    """A number with its sign, or a word as it is."""
    return f"{value:+d}" if isinstance(value, np.integer) else str(value)
