"""A forest plot: each contrast's difference with its interval, as SVG in the page's colours.

Names are above their intervals, not beside them, so that the plot fits on a phone.
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
# The page's variables for the colours of pictures, which follow its light and dark modes.
_VARIABLES: Final = {INK: "--ink", FAINT: "--faint", ACCENT: "--accent", HAIRLINE: "--hairline"}


def forest_svg(question: Question, contrasts: Sequence[ContrastEvidence], *, title: str) -> str:
    """The plot as an `<svg>` element, its colours the page's own variables."""
    figure = draw_forest(question, contrasts)
    file = StringIO()
    # Text stays text: it is small, and a reader can search it.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    svg = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    # All plots use the same group ids, and a page may hold several plots.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg[svg.index("<svg") :])
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)


def draw_forest(question: Question, contrasts: Sequence[ContrastEvidence]) -> Figure:
    """A row a contrast: the arms, the difference in numbers, and its interval.

    The dot of a conclusive difference is filled. A band shows the differences that are too small
    to matter, if the question defines them. Faint ticks are the differences of single seeds.
    """
    texts = [f"“{each.contrast.arm}” minus “{each.contrast.against}”" for each in contrasts]
    names = [wrap(text, _MOST_LETTERS) for text in texts]
    tops, top = [], _TOP_INCHES
    for lines in names:
        tops.append(top)
        top += (len(lines) + 1) * _LINE_INCHES + _BAR_INCHES + _GAP_INCHES
    figure = Figure(figsize=(_WIDTH_INCHES, top + _FOOT_INCHES))
    axes = _axes(figure, question, contrasts, height=top)
    for evidence, lines, begin in zip(contrasts, names, tops, strict=True):
        _draw_row(axes, question, evidence, lines, top=begin)
    return figure


def _axes(
    figure: Figure, question: Question, contrasts: Sequence[ContrastEvidence], *, height: float
) -> Axes:
    """Axes with the difference, in points if it is of shares, as x and inches from the top as y."""
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
    label = f"difference in {question.metric}{unit}; further {better} is better"
    axes.set_xlabel(label, fontsize=_TEXT_POINTS, color=FAINT)
    return axes


def _limits(question: Question, contrasts: Sequence[ContrastEvidence]) -> tuple[float, float]:
    ends = [0.0]
    for evidence in contrasts:
        ends += [evidence.difference.low, evidence.difference.high, *evidence.by_seed]
    if question.smallest_difference is not None:
        ends += [-question.smallest_difference, question.smallest_difference]
    low, high = (end * _scale(question) for end in (min(ends), max(ends)))
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_row(
    axes: Axes, question: Question, evidence: ContrastEvidence, lines: Sequence[str], *, top: float
) -> None:
    text: Any = {"transform": axes.get_yaxis_transform(), "va": "center", "parse_math": False}
    for line in lines:
        middle = top + _LINE_INCHES / 2
        axes.text(0, middle, line, fontsize=_NAME_POINTS, weight="bold", color=INK, **text)
        top += _LINE_INCHES
    interval = format_interval(evidence.difference, question.metric, signed=True)
    figures = f"{interval}, p {format_p(evidence.corrected_p)}: {evidence.finding}"
    axes.text(0, top + _LINE_INCHES / 2, figures, fontsize=_TEXT_POINTS, color=FAINT, **text)
    _draw_interval(axes, question, evidence, middle=top + _LINE_INCHES + _BAR_INCHES / 2)


def _draw_interval(
    axes: Axes, question: Question, evidence: ContrastEvidence, *, middle: float
) -> None:
    scale, is_conclusive = _scale(question), evidence.finding != "inconclusive"
    upper, lower = middle - _BAR_INCHES / 2, middle + _BAR_INCHES / 2
    if question.smallest_difference is not None:
        matters = question.smallest_difference * scale
        axes.fill_betweenx([upper, lower], -matters, matters, color=HAIRLINE, alpha=0.6, lw=0)
    axes.vlines(0, upper, lower, color=FAINT, linewidth=0.8, linestyle=(0, (3, 2)))
    seeds = [each * scale for each in evidence.by_seed]
    axes.vlines(seeds, middle - 0.09, middle + 0.09, color=FAINT, linewidth=0.8, alpha=0.6)
    colour = ACCENT if is_conclusive else INK
    ends = [evidence.difference.low * scale, evidence.difference.high * scale]
    axes.plot(ends, [middle, middle], color=colour, linewidth=1.6, solid_capstyle="butt")
    filling = ACCENT if is_conclusive else HAIRLINE
    dot: Any = {"marker": "o", "markersize": 6, "markeredgecolor": colour}
    axes.plot([evidence.difference.estimate * scale], [middle], markerfacecolor=filling, **dot)


def _scale(question: Question) -> float:
    return 100 if is_share(question.metric) else 1
