"""Evidence as a table: each arm with its interval, and its differences from other arms.

If each arm is compared with one other arm, the table puts it below that one. Otherwise a column
names the other arm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from rich import box
from rich.table import Table

from seqreason.reports.amounts import (
    format_interval,
    format_name,
    format_number,
    format_p,
    is_share,
    with_unit,
)
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.spec import Question
from seqreason.spec.metrics import columns

_STYLES: Final = {"better": "green", "worse": "red", "equivalent": "cyan", "inconclusive": "dim"}
_AGAINST: Final = 3


@final
@dataclass(frozen=True)
class EvidenceRows:
    """The table as text: *headings*, and *sections* of rows with one cell a heading."""

    headings: list[str]
    sections: list[list[list[str]]]


def evidence_rows(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> EvidenceRows:
    """The rows of the table, without columns that would be empty."""
    own = {arm.arm: [c for c in contrasts if c.contrast.arm == arm.arm] for arm in arms}
    is_sectioned = all(
        len(own[c.contrast.arm]) == 1 and not own.get(c.contrast.against) for c in contrasts
    )
    order = _sectioned(arms, contrasts) if is_sectioned else [list(arms)]
    sections = [
        [row for arm in part for row in _rows(arm, own[arm.arm], question)] for part in order
    ]
    headings = _headings(question)
    dropped = {*range(2, 6)} if not contrasts else {_AGAINST} if is_sectioned else set()
    kept = [place for place in range(len(headings)) if place not in dropped]
    return EvidenceRows(
        [headings[place] for place in kept],
        [[[row[place] for place in kept] for row in section] for section in sections],
    )


def evidence_table(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> Table:
    """The table for a terminal."""
    rows = evidence_rows(question, arms, contrasts)
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for heading in rows.headings:
        is_text = heading in ("arm", "against", "finding")
        table.add_column(
            heading,
            justify="left" if is_text else "right",
            overflow="fold",
            no_wrap=heading not in ("arm", "against"),
        )
    for section in rows.sections:
        for row in section:
            table.add_row(*(_styled(cell) for cell in row))
        table.add_section()
    table.caption = evidence_caption(arms, contrasts)
    return table


def _sectioned(
    arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[list[ArmEvidence]]:
    """The arms in sections: one arm, then those compared with it."""
    against = {evidence.contrast.arm: evidence.contrast.against for evidence in contrasts}
    heads = [arm for arm in arms if arm.arm not in against]
    return [[head, *(arm for arm in arms if against.get(arm.arm) == head.arm)] for head in heads]


def _headings(question: Question) -> list[str]:
    points = ", points" if is_share(question.metric) else ""
    return [
        "arm",
        f"{with_unit(format_name(question.metric), question.metric)} [95 %]",
        f"difference{points} [95 %]",
        "against",
        "p, Holm",
        "finding",
        *(with_unit(label, name) for label, name in columns("evidence").items()),
    ]


def _rows(
    arm: ArmEvidence, contrasts: Sequence[ContrastEvidence], question: Question
) -> list[list[str]]:
    """One row of *arm*, and one more for each further contrast of it."""
    estimate = format_estimate(arm, question.metric)
    first, *more = [contrast_cells(evidence, question) for evidence in contrasts] or [[""] * 4]
    others = [format_number(arm.means.get(name), name) for name in columns("evidence").values()]
    blank = [""] * len(others)
    return [[arm.arm, estimate, *first, *others], *(["", "", *cells, *blank] for cells in more)]


def format_estimate(arm: ArmEvidence, metric: str) -> str:
    """The mean of *metric* over the seeds of *arm*, with its interval where there is one."""
    if arm.estimate is None:
        return format_number(arm.means.get(metric), metric)
    return format_interval(arm.estimate, metric)


def contrast_cells(evidence: ContrastEvidence, question: Question) -> list[str]:
    """A contrast in words: its difference, the other arm, its corrected p value, its finding."""
    difference = format_interval(evidence.difference, question.metric, signed=True)
    against = evidence.contrast.against + ("" if evidence.is_paired else " (not paired)")
    return [difference, against, format_p(evidence.corrected_p), evidence.finding]


def _styled(cell: str) -> str:
    style = _STYLES.get(cell)
    return cell.replace("[", r"\[") if style is None else f"[{style}]{cell}[/{style}]"


def evidence_caption(arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]) -> str:
    """How to read the table: the seeds, what intervals cover, whether arms are paired."""
    seeds = sorted({len(arm.seeds) for arm in arms})
    counted = " or ".join(map(str, seeds)) + (" seed" if seeds == [1] else " seeds") + " an arm"
    covered = " or ".join(sorted({arm.covers for arm in arms if arm.covers}))
    parts = [counted, f"intervals cover {covered}" if covered else "no interval: one value an arm"]
    if contrasts:
        paired = all(evidence.is_paired for evidence in contrasts)
        parts.append("differences are paired" if paired else "not all differences are paired")
        parts.append("better, worse: p ≤ 0.05, corrected")
    return "; ".join(parts)
