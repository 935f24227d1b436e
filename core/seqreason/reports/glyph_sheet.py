"""A sheet of sample glyphs of a source, a row a symbol."""

from math import ceil
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from seqreason.reports.page import (
    ACCENT,
    MARGIN_INCHES,
    blank_page,
    draw_picture,
    first_row_inches,
    text_inches,
)
from seqreason.structures.glyphs import Glyphs, Split

GLYPHS_A_ROW: Final = 10

_SIDE_INCHES, _PITCH_INCHES = 0.4, 0.44
_LABEL_POINTS = 11.0
_LABEL_GAP_INCHES, _COLUMN_GAP_INCHES = 0.14, 0.36
# 26 symbols get two columns instead of one tall page.
_FEW_ROWS, _MOST_COLUMNS = 13, 4
_WHITE = 255


def draw_glyph_sheet(glyphs: Glyphs, *, title: str, caption: str) -> Figure:
    """Every symbol in order with up to ten of its training glyphs."""
    symbols = glyphs.alphabet.symbols
    label = text_inches(symbols, _LABEL_POINTS, is_bold=True) + _LABEL_GAP_INCHES
    column_width = label + GLYPHS_A_ROW * _PITCH_INCHES - (_PITCH_INCHES - _SIDE_INCHES)
    columns = min(ceil(len(symbols) / _FEW_ROWS), _MOST_COLUMNS)
    rows = ceil(len(symbols) / columns)
    step = column_width + _COLUMN_GAP_INCHES
    right = MARGIN_INCHES + columns * step - _COLUMN_GAP_INCHES
    bottom = first_row_inches() + (rows - 1) * _PITCH_INCHES + _SIDE_INCHES
    figure, axes = blank_page(right, bottom, title=title, caption=caption)
    for index, symbol in enumerate(symbols):
        left = MARGIN_INCHES + index // rows * step + label
        top = first_row_inches() + index % rows * _PITCH_INCHES
        _draw_label(axes, symbol, right=left - _LABEL_GAP_INCHES, top=top)
        _draw_glyphs(axes, glyphs.images[samples(glyphs, index)], left=left, top=top)
    return figure


def samples(glyphs: Glyphs, symbol: int) -> NDArray[np.int64]:
    """The indices of at most ten training glyphs of *symbol*, spread evenly over all of them.

    Neighbours are often by one writer, so the first ten would be too similar.
    """
    all_of_it = np.flatnonzero((glyphs.splits == Split.TRAIN) & (glyphs.labels == symbol))
    count = min(GLYPHS_A_ROW, len(all_of_it))
    return all_of_it[np.arange(count) * len(all_of_it) // count]


def _draw_label(axes: Axes, symbol: str, *, right: float, top: float) -> None:
    middle = top + _SIDE_INCHES / 2
    style: Any = {"ha": "right", "va": "center_baseline", "weight": "bold", "color": ACCENT}
    axes.text(right, middle, symbol, fontsize=_LABEL_POINTS, **style)


def _draw_glyphs(axes: Axes, images: NDArray[np.uint8], *, left: float, top: float) -> None:
    for place, image in enumerate(images):
        beside = left + place * _PITCH_INCHES
        draw_picture(axes, image, left=beside, top=top, side=_SIDE_INCHES, white=_WHITE)
