"""A contact sheet: examples as a model receives them, each with its rule and its answer."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from seqreason.data import ExampleSet
from seqreason.reports.page import (
    ACCENT,
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
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.sequences import Sequences

_SIDE_INCHES, _PITCH_INCHES = 0.56, 0.62
_LEADER_INCHES, _TEXT_GAP_INCHES = 0.3, 0.22
_ANSWER_POINTS = 17.0


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
    right = answers + _SIDE_INCHES + _TEXT_GAP_INCHES + text_inches(lines, TEXT_POINTS)
    bottom = first_row_inches() + (count - 1) * _PITCH_INCHES + _SIDE_INCHES
    figure, axes = blank_page(right, bottom, title=title, caption=caption)
    for place, length in enumerate(lengths):
        top = first_row_inches() + place * _PITCH_INCHES
        _draw_frames(axes, rows[place][:length], top)
        end = MARGIN_INCHES + length * _PITCH_INCHES
        draw_leader(axes, end, answers, middle=top + _SIDE_INCHES / 2)
        _draw_answer(axes, words[place].answer, left=answers, top=top)
        left = answers + _SIDE_INCHES + _TEXT_GAP_INCHES
        _draw_words(axes, words[place], left=left, middle=top + _SIDE_INCHES / 2)
    return figure


def _draw_frames(axes: Axes, frames: Tensor, top: float) -> None:
    for position, frame in enumerate(frames.numpy()):
        left = MARGIN_INCHES + position * _PITCH_INCHES
        draw_picture(axes, frame, left=left, top=top, side=_SIDE_INCHES, white=1)


def _draw_answer(axes: Axes, answer: str, *, left: float, top: float) -> None:
    wide = text_inches([answer], _ANSWER_POINTS, is_bold=True)
    # A symbol's name may be a word; it gets a smaller font, so that all boxes have one size.
    points = _ANSWER_POINTS * min(1, (_SIDE_INCHES - 0.12) / max(wide, 0.01))
    size = (_SIDE_INCHES, _SIDE_INCHES)
    draw_box(axes, answer, left=left, top=top, size=size, points=points, colour=ACCENT)


def _draw_words(axes: Axes, words: "_Words", *, left: float, middle: float) -> None:
    apart = 0.085 if words.facts else 0.0
    style: dict[str, Any] = {"fontsize": TEXT_POINTS, "va": "center"}
    axes.text(left, middle - apart, words.symbols, color=INK, **style)
    axes.text(left, middle + apart, words.facts, color=FAINT, **style)


class _Words(NamedTuple):
    """A sequence in words: `C F I L O → R`, `difference +3`, and the answer, `R`."""

    symbols: str
    facts: str
    answer: str


def _words(sequences: Sequences, place: int, alphabet: Alphabet) -> _Words:
    length = int(sequences.lengths[place])
    shown = alphabet.spell(sequences.symbols[place, :length].tolist())
    answer = alphabet.symbols[int(sequences.answers[place])]
    facts = format_facts({name: values[place] for name, values in sequences.facts.items()})
    return _Words(f"{shown} → {answer}", facts, answer)
