"""Reliability diagrams: whether confidence matches accuracy, a panel a stage."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqreason.reports.page import (
    ACCENT,
    FAINT,
    HAIRLINE,
    INK,
    MARGIN_INCHES,
    blank_page,
    first_row_inches,
)
from seqreason.runs import CellResult
from seqreason.spec.metrics import format_share

# Stage → the items in the bins, the heading of its panel, and its metric.
_STAGES: Final = {
    "perception": ("frames", "Perception: each frame", "perception_calibration_error"),
    "prediction": ("answers", "Prediction: the last position", "calibration_error"),
}
_CAPTION: Final = (
    "Share of correct answers by confidence; larger dots stand for more answers; "
    "ECE: expected calibration error"
)
_SIDE_INCHES, _BARS_INCHES = 2.3, 0.6
_LEFT_INCHES, _STEP_INCHES, _RIGHT_INCHES = 0.8, 3.4, 0.16
_PANEL_HEAD_INCHES, _GAP_INCHES, _FOOT_INCHES = 0.4, 0.18, 0.4
_HEADING_POINTS, _TEXT_POINTS = 8.5, 7.5
_MOST_AREA, _LEAST_AREA = 90.0, 6.0
# So that a bin with a single answer still has a visible bar.
_LEAST_SHARE, _LEAST_BAR = 4e-5, 6e-5
_SHARES: Final = {0.0001: "0.01 %", 0.01: "1 %", 1.0: "100 %"}
_TICKS: Final = {0.0: "0", 0.25: "25 %", 0.5: "50 %", 0.75: "75 %", 1.0: "100 %"}

_Bins = Sequence[Mapping[str, Any]]


def draw_reliability(cell: CellResult) -> Figure:
    """Accuracy by confidence, and the share of answers by confidence, for both stages.

    The cell must have bins; cells of early versions have none.
    """
    stages = [stage for stage in _STAGES if cell.reliability.get(stage)]
    top = first_row_inches() + _PANEL_HEAD_INCHES
    begin = MARGIN_INCHES + _LEFT_INCHES
    right = begin + (len(stages) - 1) * _STEP_INCHES + _SIDE_INCHES + _RIGHT_INCHES
    bottom = top + _SIDE_INCHES + _GAP_INCHES + _BARS_INCHES + _FOOT_INCHES
    figure, page = blank_page(right, bottom, title=f"Calibration: {cell.title}", caption=_CAPTION)
    for place, stage in enumerate(stages):
        left = begin + place * _STEP_INCHES
        bins = cell.reliability[stage]
        _draw_heading(page, stage, cell, left=left)
        _draw_bins(_panel(figure, left=left, top=top, height=_SIDE_INCHES), bins)
        below = top + _SIDE_INCHES + _GAP_INCHES
        _draw_shares(_panel(figure, left=left, top=below, height=_BARS_INCHES), bins, stage)
    return figure


def _draw_heading(page: Axes, stage: str, cell: CellResult, *, left: float) -> None:
    """The stage, how many answers there are, and its expected calibration error."""
    answers, heading, metric = _STAGES[stage]
    count = sum(row["count"] for row in cell.reliability[stage])
    figures = f"{count:,} {answers} · ECE {format_share(cell.metrics.get(metric))}"
    top = first_row_inches()
    style: Any = {"fontsize": _HEADING_POINTS, "weight": "bold", "color": INK}
    page.text(left, top + 0.08, heading, va="center", **style)
    page.text(left, top + 0.26, figures, fontsize=_TEXT_POINTS, color=FAINT, va="center")


def _panel(figure: Figure, *, left: float, top: float, height: float) -> Axes:
    """Axes as wide as a diagram, in inches from the page's top left."""
    wide, high = figure.get_size_inches().tolist()
    place = (left / wide, 1 - (top + height) / high, _SIDE_INCHES / wide, height / high)
    axes = figure.add_axes(place, facecolor="white")
    for spine in axes.spines.values():
        spine.set(color=HAIRLINE, linewidth=0.8)
    axes.tick_params(color=HAIRLINE, labelcolor=FAINT, labelsize=_TEXT_POINTS, length=3)
    axes.set_xlim(0, 1)
    return axes


def _draw_bins(axes: Axes, bins: _Bins) -> None:
    """A dot a bin, larger for a larger share of the answers, and the diagonal."""
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    sure = [row["confidence"] for row in bins]
    right = [row["accuracy"] for row in bins]
    # The square root keeps the dot of a small bin visible.
    areas = [_LEAST_AREA + _MOST_AREA * sqrt(share) for share in _shares(bins)]
    axes.vlines(sure, sure, right, color=ACCENT, linewidth=0.9, alpha=0.5, zorder=2)
    axes.scatter(sure, right, s=areas, color=ACCENT, linewidth=0, zorder=3, clip_on=False)
    axes.set_ylim(0, 1)
    axes.set_xticks(list(_TICKS), [""] * len(_TICKS))
    axes.set_yticks(list(_TICKS), list(_TICKS.values()))
    axes.set_ylabel("accuracy", fontsize=_TEXT_POINTS, color=INK)
    style: Any = {"fontsize": _TEXT_POINTS, "color": FAINT, "style": "italic"}
    axes.text(0.04, 0.95, "underconfident", va="top", **style)
    axes.text(0.96, 0.05, "overconfident", ha="right", **style)


def _draw_shares(axes: Axes, bins: _Bins, stage: str) -> None:
    """A bar a bin on a logarithmic scale: its share of the answers."""
    low = [row["low"] for row in bins]
    widths = [0.9 * (row["high"] - row["low"]) for row in bins]
    heights = [max(share, _LEAST_BAR) for share in _shares(bins)]
    axes.bar(low, heights, widths, align="edge", color=ACCENT, alpha=0.55)
    axes.set(yscale="log", ylim=(_LEAST_SHARE, 1))
    axes.set_yticks(list(_SHARES), list(_SHARES.values()))
    axes.minorticks_off()
    axes.set_xticks(list(_TICKS), list(_TICKS.values()))
    axes.set_ylabel(f"share of\n{_STAGES[stage][0]}", fontsize=_TEXT_POINTS, color=INK)
    axes.set_xlabel("confidence", fontsize=_TEXT_POINTS, color=INK)


def _shares(bins: _Bins) -> list[float]:
    total = sum(row["count"] for row in bins)
    return [row["count"] / total for row in bins]
