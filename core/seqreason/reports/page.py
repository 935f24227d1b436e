"""A page to draw on: the parts that all pictures of the project share."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from seqreason.errors import StoreError

PAPER, INK, FAINT, ACCENT = "#f4f1ea", "#2f2d2a", "#7a756b", "#9c2f1f"
HAIRLINE = "#d6d0c3"
MARGIN_INCHES = 0.32
TEXT_POINTS = 7.5
# A dollar sign in a symbol's name must not start a formula.
CENTRED: Final[Any] = {"ha": "center", "va": "center_baseline", "parse_math": False}

_HEAD_INCHES = 0.56
_TITLE_POINTS = 10.0
_DOTS_PER_INCH = 150
_PICTURE: Final[Any] = {"cmap": "gray", "aspect": "auto", "interpolation": "hanning"}
_BOX: Final[Any] = {"boxstyle": "round,pad=-0.015,rounding_size=0.07", "facecolor": "white"}


def first_row_inches() -> float:
    """The top of the rows below a page's heading."""
    return MARGIN_INCHES + _HEAD_INCHES


def blank_page(right: float, bottom: float, *, title: str, caption: str) -> tuple[Figure, Axes]:
    """A page with its heading, and axes over the whole page in inches from its top left.

    Args:
        right, bottom: the ends of the drawing; a longer heading widens the page.
    """
    heading = max(
        text_inches([title], _TITLE_POINTS, is_bold=True), text_inches([caption], TEXT_POINTS)
    )
    width, height = max(right, MARGIN_INCHES + heading) + MARGIN_INCHES, bottom + MARGIN_INCHES
    figure = Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    top = MARGIN_INCHES
    axes.text(MARGIN_INCHES, top, title, fontsize=_TITLE_POINTS, weight="bold", color=INK, va="top")
    axes.text(MARGIN_INCHES, top + 0.21, caption, fontsize=TEXT_POINTS, color=FAINT, va="top")
    return figure, axes


def draw_picture(
    axes: Axes, pixels: NDArray[Any], *, left: float, top: float, side: float, white: float
) -> None:
    """Draw one picture into a square of *side* inches, in its proportions, with a thin frame.

    Shapes:
        pixels: (height, width), 0 = black and *white* = white
    """
    height, width = np.array(pixels.shape) * (side / max(pixels.shape))
    left, top = left + (side - width) / 2, top + (side - height) / 2
    extent = (left, left + width, top + height, top)
    axes.imshow(pixels, vmin=0, vmax=white, extent=extent, **_PICTURE)
    axes.add_patch(
        Rectangle((left, top), width, height, fill=False, edgecolor=HAIRLINE, linewidth=0.6)
    )


def text_inches(lines: Iterable[str], points: float, *, is_bold: bool = False) -> float:
    """How wide the longest line is."""
    font = FontProperties(weight="bold" if is_bold else None)
    paths = [TextPath((0, 0), line, size=points, prop=font) for line in lines if line.strip()]
    return max((path.get_extents().x1 / 72 for path in paths), default=0.0)


def draw_leader(axes: Axes, left: float, right: float, *, middle: float) -> None:
    """Draw a faint arrow from a sequence's end to its answer."""
    axes.annotate(
        "",
        xy=(right - 0.06, middle),
        xytext=(left + 0.02, middle),
        arrowprops={"arrowstyle": "->", "color": "#b9b2a3", "linewidth": 0.8, "shrinkA": 0},
    )


def draw_box(
    axes: Axes,
    text: str,
    *,
    left: float,
    top: float,
    size: tuple[float, float],
    points: float,
    colour: str,
) -> None:
    """Draw a symbol in print in a box of that width and height in inches."""
    width, height = size
    axes.add_patch(
        FancyBboxPatch((left, top), width, height, edgecolor=colour, linewidth=1.1, **_BOX)
    )
    style: dict[str, Any] = {"fontsize": points, "weight": "bold", "color": colour, **CENTRED}
    axes.text(left + width / 2, top + height / 2, text, **style)


def format_facts(facts: Mapping[str, Any]) -> str:
    """The facts of a rule as text: `difference +3, family easy`."""
    return ", ".join(f"{name} {_fact(value)}" for name, value in facts.items())


def save_sheet(figure: Figure, path: Path) -> None:
    """Write the sheet in the format of the file's suffix.

    Raises:
        StoreError: the file cannot be written, or its format is unknown.
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


def _fact(value: Any) -> str:
    """A number with its sign, or a word as it is."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        return str(value)
    return f"{value:+d}".replace("-", "−") if value else "0"
