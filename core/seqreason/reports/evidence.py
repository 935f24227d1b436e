"""Evidence as people read it: one table, and what it comes to in plain words."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table

from seqreason.spec import Question
from seqreason.spec.metrics import higher_is_better
from seqreason.statistics import Interval
from seqreason.suites.evidence import SIGNIFICANCE, ArmEvidence, ContrastEvidence

HEADINGS: Final = ("arm", "seeds", "against", "difference", "p", "ECE", "finding")
_FINDINGS: Final = {
    "better": "better",
    "worse": "worse",
    "alike": "no difference that matters",
    "undecided": "undecided",
}
_STYLES: Final = {"better": "green", "worse": "red", "alike": "cyan", "undecided": "dim"}


def evidence_rows(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[list[str]]:
    """The cells of the table, a row an arm; one more for each further contrast of an arm."""
    rows = []
    for arm in arms:
        own = [found for found in contrasts if found.contrast.arm == arm.arm]
        described = [
            arm.arm,
            str(len(arm.seeds)),
            _estimate(arm, question.metric),
        ]
        ece = _share(arm.means.get("calibration_error"))
        rows.append([*described, *_contrast_cells(own[0] if own else None, question), ece])
        rows += [["", "", "", *_contrast_cells(found, question), ""] for found in own[1:]]
    return rows


def evidence_headings(question: Question) -> list[str]:
    """The headings of `evidence_rows`."""
    unit = ", %" if _is_share(question.metric) else ""
    points = ", points" if _is_share(question.metric) else ""
    return [
        "arm",
        "seeds",
        f"{question.metric}{unit}",
        f"difference{points}",
        "against",
        "p (Holm)",
        "finding",
        "ECE, %",
    ]


def evidence_table(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> Table:
    """Each arm with its interval, and each contrast with its interval and corrected p."""
    has_contrasts = bool(contrasts)
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    headings = evidence_headings(question)
    wanted = [place for place in range(len(headings)) if has_contrasts or place not in _CONTRASTED]
    for place in wanted:
        is_text = place in (0, 4, 6)
        table.add_column(
            headings[place],
            justify="left" if is_text else "right",
            no_wrap=not is_text,
            overflow="fold",
        )
    for row in evidence_rows(question, arms, contrasts):
        style = _STYLES.get(_finding_of(row[6]), "")
        cells = list(row)
        cells[6] = f"[{style}]{row[6]}[/{style}]" if style else row[6]
        table.add_row(*(cells[place] for place in wanted))
    covered = sorted({arm.covers for arm in arms if arm.covers})
    table.caption = f"in brackets: 95 % intervals, over {' or '.join(covered) or 'nothing'}" + (
        "; differences are paired by seed and item" if any(c.is_paired for c in contrasts) else ""
    )
    return table


_CONTRASTED: Final = (3, 4, 5, 6)


def told_evidence(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[str]:
    """What the contrasts come to, in sentences that claim no more than they show."""
    if not contrasts:
        return []
    seeds = min(len(arm.seeds) for arm in arms)
    begin = f"Over {seeds} seed{'s' if seeds != 1 else ''}: "
    if len(contrasts) == 1:
        told = [begin + told_contrast(contrasts[0], question)]
    else:
        told = [begin + _counted(contrasts, question)]
    if question.claim:
        told.append(f"The claim “{question.claim}” is {told_verdict(contrasts)}.")
    return told


def told_contrast(found: ContrastEvidence, question: Question) -> str:
    """One contrast in a sentence."""
    metric, difference = question.metric, found.difference
    names = f"“{found.contrast.arm}” against “{found.contrast.against}”"
    amounts = (
        f"{_amount(difference.estimate, metric)} in {metric} (95 % interval "
        f"{_plain(difference.low, metric)} to {_plain(difference.high, metric)}, p = "
        f"{_p(found.corrected_p)})"
    )
    caveat = "" if found.is_paired else "; the two were not tested on the same items"
    if "seeds" not in found.covers:
        caveat += "; other trainings may come out otherwise, as only items are covered"
    if found.finding in ("better", "worse"):
        return f"{names} is shown to be {found.finding}: {amounts}{caveat}."
    if found.finding == "alike":
        limit = _plain(question.smallest_difference or 0.0, metric)
        return f"{names} is less than {limit} apart: {amounts}{caveat}."
    seen = ""
    if found.detectable is not None:
        seen = (
            f"; a true difference of {_amount(found.detectable, metric, signed=False)} would have "
            "been seen with a probability of 80 %"
        )
    return f"{names} is not shown to differ: {amounts}{seen}{caveat}."


def told_verdict(contrasts: Sequence[ContrastEvidence]) -> str:
    """Whether the contrasts bear a claim out: in one word if they agree, and else by number."""
    verdicts = [found.verdict for found in contrasts]
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    if len(counts) == 1:
        return verdicts[0]
    parts = [f"{verdict} in {count}" for verdict, count in counts.items()]
    return f"{', '.join(parts)} of {len(contrasts)} contrasts"


def _counted(contrasts: Sequence[ContrastEvidence], question: Question) -> str:
    parts = []
    for finding, told in (("better", "better"), ("worse", "worse")):
        found = [contrast for contrast in contrasts if contrast.finding == finding]
        if found:
            most = max(found, key=lambda contrast: abs(contrast.difference.estimate))
            amount = _amount(most.difference.estimate, question.metric)
            parts.append(
                f"{len(found)} of {len(contrasts)} contrasts show the arm to be {told} in "
                f"{question.metric} (most: “{most.contrast.arm}”, {amount})"
            )
        else:
            parts.append(f"none of {len(contrasts)} contrasts shows the arm to be {told}")
    alike = sum(contrast.finding == "alike" for contrast in contrasts)
    if alike:
        limit = _plain(question.smallest_difference or 0.0, question.metric)
        parts.append(f"{alike} show it to be less than {limit} apart")
    undecided = [contrast for contrast in contrasts if contrast.finding == "undecided"]
    if undecided:
        parts.append(f"{len(undecided)} {_left_open(undecided, question)}")
    return "; ".join(parts) + "."


def _left_open(undecided: Sequence[ContrastEvidence], question: Question) -> str:
    seen = sorted(found.detectable for found in undecided if found.detectable is not None)
    is_or_are = "is" if len(undecided) == 1 else "are"
    if not seen:
        return f"{is_or_are} undecided"
    low, high = (_plain(value, question.metric) for value in (seen[0], seen[-1]))
    span = low if low == high else f"{low.removesuffix(' points')} to {high}"
    return (
        f"{is_or_are} undecided, where true differences of {span} would have been seen with a "
        "probability of 80 %"
    )


def _contrast_cells(found: ContrastEvidence | None, question: Question) -> list[str]:
    if found is None:
        return ["", "", "", ""]
    difference = _interval(found.difference, question.metric, signed=True)
    against = found.contrast.against + ("" if found.is_paired else " (not paired)")
    return [difference, against, _p(found.corrected_p), _FINDINGS[found.finding]]


def _finding_of(told: str) -> str:
    return next((finding for finding, words in _FINDINGS.items() if words == told), "")


def _estimate(arm: ArmEvidence, metric: str) -> str:
    if arm.estimate is not None:
        return _interval(arm.estimate, metric)
    mean = arm.means.get(metric)
    return "-" if mean is None else _number(mean, metric)


def _interval(interval: Interval, metric: str, *, signed: bool = False) -> str:
    values = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (_number(value, metric, signed=signed) for value in values)
    return f"{estimate} [{low}, {high}]"


def _number(value: float, metric: str, *, signed: bool = False) -> str:
    """In hundredths of a share, or as it is; with a proper minus sign."""
    shown = f"{100 * value:+.2f}" if _is_share(metric) else f"{value:+.5f}"
    return (shown if signed else shown.removeprefix("+")).replace("-", "−")


def _amount(value: float, metric: str, *, signed: bool = True) -> str:
    return _number(value, metric, signed=signed) + (" points" if _is_share(metric) else "")


def _plain(value: float, metric: str) -> str:
    return _amount(value, metric, signed=False)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"


def _is_share(metric: str) -> bool:
    """Whether a metric lies in 0 … 1 and is told in hundredths."""
    return higher_is_better(metric) or metric.partition("/")[0].endswith(("_errors", "_error"))


def significance_told() -> str:
    """At what corrected p value a difference counts as shown."""
    return f"shown: corrected p ≤ {SIGNIFICANCE}"
