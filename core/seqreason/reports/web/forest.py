"""A forest plot: each contrast's difference with its interval, as SVG that takes a page's colours.

Names stand above their intervals rather than beside them, so that it is narrow enough for a phone.
"""

import re
from collections.abc import Sequence
from html import escape
from io import StringIO
from textwrap import wrap
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqreason.reports.amounts import format_interval, format_p, is_share
from seqreason.reports.page import ACCENT, FAINT, HAIRLINE, INK
from seqreason.runs.results.evidence import ContrastEvidence
from seqreason.spec import Question
from seqreason.spec.metrics import metric_of

_WIDTH_INCHES, _SIDE_INCHES = 4.1, 0.05
_LINE_INCHES, _BAR_INCHES, _GAP_INCHES = 0.18, 0.26, 0.16
_TOP_INCHES, _FOOT_INCHES = 0.06, 0.52
_NAME_POINTS, _TEXT_POINTS = 9.0, 8.0
_MOST_LETTERS: Final = 54
# What a page calls the colours that pictures are drawn in: they follow light and dark.
_VARIABLES: Final = {INK: "--ink", FAINT: "--faint", ACCENT: "--accent", HAIRLINE: "--hairline"}


def forest_svg(question: Question, contrasts: Sequence[ContrastEvidence], *, title: str) -> str:
    """The plot as an `<svg>` element, its colours the page's own variables."""
    figure = draw_forest(question, contrasts)
    file = StringIO()
    # Text stays text, which can be searched and is small.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    svg = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    # Every plot calls its groups the same, and a page may hold several.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg[svg.index("<svg") :])
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)


def draw_forest(question: Question, contrasts: Sequence[ContrastEvidence]) -> Figure:
    """A row a contrast: what is compared, the difference in numbers, and its interval.

    What is decided is filled. A band shows differences that would not matter, if the question
    says which, and faint ticks what single seeds show.
    """
    names = [_name(found) for found in contrasts]
    tops, top = [], _TOP_INCHES
    for lines in names:
        tops.append(top)
        top += (len(lines) + 1) * _LINE_INCHES + _BAR_INCHES + _GAP_INCHES
    figure = Figure(figsize=(_WIDTH_INCHES, top + _FOOT_INCHES))
    axes = _axes(figure, question, contrasts, height=top)
    for found, lines, begin in zip(contrasts, names, tops, strict=True):
        _draw_row(axes, question, found, lines, top=begin)
    return figure


def _name(found: ContrastEvidence) -> list[str]:
    return wrap(f"“{found.contrast.arm}” minus “{found.contrast.against}”", _MOST_LETTERS)


def _axes(
    figure: Figure, question: Question, contrasts: Sequence[ContrastEvidence], *, height: float
) -> Axes:
    """Axes whose x is the difference as it is told, and whose y counts inches from the top."""
    whole = height + _FOOT_INCHES
    left, width = _SIDE_INCHES / _WIDTH_INCHES, 1 - 2 * _SIDE_INCHES / _WIDTH_INCHES
    axes = figure.add_axes((left, _FOOT_INCHES / whole, width, height / whole))
    low, high = _limits(question, contrasts)
    axes.set(xlim=(low, high), ylim=(height, 0), yticks=[], facecolor="none")
    for side, spine in axes.spines.items():
        spine.set(visible=side == "bottom", color=HAIRLINE)
    axes.tick_params(color=HAIRLINE, labelcolor=FAINT, labelsize=_TEXT_POINTS, length=3)
    unit = ", points" if is_share(question.metric) else ""
    better = "right" if metric_of(question.metric).better == "higher" else "left"
    message = f"difference in {question.metric}{unit}; further {better} is better"
    axes.set_xlabel(message, fontsize=_TEXT_POINTS, color=FAINT)
    return axes


def _limits(question: Question, contrasts: Sequence[ContrastEvidence]) -> tuple[float, float]:
    ends = [0.0]
    for found in contrasts:
        ends += [found.difference.low, found.difference.high, *found.by_seed]
    if question.smallest_difference is not None:
        ends += [-question.smallest_difference, question.smallest_difference]
    low, high = (end * _scale(question) for end in (min(ends), max(ends)))
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_row(
    axes: Axes, question: Question, found: ContrastEvidence, lines: Sequence[str], *, top: float
) -> None:
    text: Any = {"transform": axes.get_yaxis_transform(), "va": "center", "parse_math": False}
    for line in lines:
        middle = top + _LINE_INCHES / 2
        axes.text(0, middle, line, fontsize=_NAME_POINTS, weight="bold", color=INK, **text)
        top += _LINE_INCHES
    message = format_interval(found.difference, question.metric, signed=True)
    message = f"{message}, p {format_p(found.corrected_p)}: {found.finding}"
    axes.text(0, top + _LINE_INCHES / 2, message, fontsize=_TEXT_POINTS, color=FAINT, **text)
    _draw_interval(axes, question, found, middle=top + _LINE_INCHES + _BAR_INCHES / 2)


def _draw_interval(
    axes: Axes, question: Question, found: ContrastEvidence, *, middle: float
) -> None:
    scale, is_decided = _scale(question), found.finding != "inconclusive"
    upper, lower = middle - _BAR_INCHES / 2, middle + _BAR_INCHES / 2
    if question.smallest_difference is not None:
        matters = question.smallest_difference * scale
        axes.fill_betweenx([upper, lower], -matters, matters, color=HAIRLINE, alpha=0.6, lw=0)
    axes.vlines(0, upper, lower, color=FAINT, linewidth=0.8, linestyle=(0, (3, 2)))
    seeds = [each * scale for each in found.by_seed]
    axes.vlines(seeds, middle - 0.09, middle + 0.09, color=FAINT, linewidth=0.8, alpha=0.6)
    colour = ACCENT if is_decided else INK
    ends = [found.difference.low * scale, found.difference.high * scale]
    axes.plot(ends, [middle, middle], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot(
        [found.difference.estimate * scale],
        [middle],
        marker="o",
        markersize=6,
        markeredgecolor=colour,
        markerfacecolor=colour if is_decided else HAIRLINE,
    )


def _scale(question: Question) -> float:
    return 100 if is_share(question.metric) else 1
