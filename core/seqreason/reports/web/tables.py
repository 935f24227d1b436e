"""The tables of a page, as text that a template sets."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, final

from seqreason.reports.amounts import format_interval, format_number, format_p, is_share
from seqreason.reports.evidence_table import evidence_caption
from seqreason.reports.sentences import format_detectable
from seqreason.reports.tables import breakdown, pooled
from seqreason.runs import CellResult, Results
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.runs.results.report_data import MissingCell
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.stored_cells import distinguishing, stored_cell
from seqreason.spec import Question

_METRICS: Final = {
    "test": "test_accuracy",
    "valid": "valid_accuracy",
    "train": "train_accuracy",
    "ceiling": "ceiling_accuracy",
    "as seen": "perceived_ceiling_accuracy",
    "seen rightly": "perception_accuracy",
    "perception": "perception_errors",
    "reasoning": "reasoning_errors",
    "irreducible": "irreducible_errors",
    "ECE": "calibration_error",
}
# Of the task rather than of a training: they have no spread worth telling.
_OF_THE_TASK: Final = "ceiling_accuracy"
_OF_A_CELL: Final = ("test_accuracy", "valid_accuracy", "perception_accuracy")
_SHIFTED: Final = "test_accuracy/"
_DIGITS: Final = 12


@final
@dataclass(frozen=True)
class Entry:
    """What stands in one place of a table; a *share* is also drawn, as a bar behind the text."""

    text: str
    share: float | None = None


@final
@dataclass(frozen=True)
class PageTable:
    """A table; the first *num_texts* of its columns hold words, and the others numbers."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Entry]]
    caption: str = ""
    num_texts: int = 1


def arms_table(results: Results, arms: Sequence[ArmEvidence]) -> PageTable:
    """One row an arm: the metric with its interval, then the mean and spread of the others."""
    metric, cells = results.question.metric, results.by_arm()
    shifts = sorted({name for arm in arms for name in arm.means if name.startswith(_SHIFTED)})
    columns = _METRICS | {name.removeprefix(_SHIFTED): name for name in shifts}
    columns = {
        heading: name
        for heading, name in columns.items()
        if any(arm.means.get(name) is not None for arm in arms)
    }
    rows = []
    for arm in arms:
        found = [_estimate(arm, metric)]
        found += [_mean_and_spread(cells[arm.arm], arm, name) for name in columns.values()]
        seconds = sum(cell.train_seconds for cell in cells[arm.arm]) / len(cells[arm.arm])
        rows.append(_entries(arm.arm, str(len(arm.seeds)), *found, f"{seconds:.0f} s"))
    title = "Arms" if len(arms) > 1 else "Metrics"
    first = f"{_called(metric)} [95 %]"
    caption = (
        f"{evidence_caption(arms, [])}. Mean ± standard deviation over seeds, shares in %. "
        "ceiling: the best possible; as seen: the best possible from what was perceived; "
        "seen rightly: of all frames; perception, reasoning, irreducible: wrong answers by their "
        "cause; ECE: expected calibration error"
    )
    return PageTable(title, ["arm", "seeds", first, *columns, "training"], rows, caption)


def contrasts_table(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> PageTable:
    """One row a contrast: the difference with its interval, p values, what could be seen."""
    points = ", points" if is_share(question.metric) else ""
    headings = ["arm", "against", "finding", f"difference{points} [95 %]", "p", "p, Holm"]
    headings += ["detectable", "by seed"]
    rows = [
        _entries(
            found.contrast.arm,
            found.contrast.against + ("" if found.is_paired else " (not paired)"),
            found.finding,
            format_interval(found.difference, question.metric, signed=True),
            format_p(found.p_value),
            format_p(found.corrected_p),
            format_detectable(found, question.metric),
            " · ".join(format_number(each, question.metric, signed=True) for each in found.by_seed),
        )
        for found in contrasts
    ]
    caption = (
        f"{evidence_caption(arms, contrasts)}; detectable: the true difference that would have "
        "been seen with a probability of 80 %"
    )
    return PageTable("Contrasts", headings, rows, caption, num_texts=3)


def breakdown_tables(results: Results) -> list[PageTable]:
    """Test accuracy by each property that has several values, a column an arm."""
    arms = results.by_arm()
    names = dict.fromkeys(name for cell in results for name in cell.breakdowns)
    tables = []
    for name in names:
        title, values = breakdown(results, name)
        if len(values) < 2:
            continue
        known = [pooled(cells, name) for cells in arms.values()]
        rows = []
        for value, over_all in values.items():
            shares = [of_arm[value].shares if value in of_arm else {} for of_arm in known]
            found = [_share(each.get("accuracy")) for each in shares]
            ceiling = Entry(_percent(over_all.shares["ceiling"]))
            rows.append([Entry(value), *found, ceiling, Entry(f"{over_all.count:,}")])
        headings = [name, *(arms if len(arms) > 1 else ["accuracy"]), "ceiling", "sequences"]
        caption = "In %, over all seeds of an arm together; sequences: over all arms"
        tables.append(PageTable(title, headings, rows, caption))
    return tables


def settings_table(results: Results) -> PageTable | None:
    """A row a setting that tells arms of one benchmark apart, a column an arm; None without any."""
    arms = results.by_arm()
    stored = [stored_cell(CellFolder(Path(cells[0].folder))) for cells in arms.values()]
    text = distinguishing(stored)
    paths = dict.fromkeys(path for settings in text for path in settings)
    values = {path: [_setting(settings.get(path)) for settings in text] for path in paths}
    rows = [_entries(path, *of_arms) for path, of_arms in values.items() if len({*of_arms}) > 1]
    caption = "–: not set"
    title = "What tells the arms apart"
    headings = ["setting", *arms]
    return PageTable(title, headings, rows, caption, num_texts=len(headings)) if rows else None


def cells_table(results: Results) -> PageTable:
    """One row a cell: its digest, its folder, its figures, and when it was finished."""
    headings = ["cell", "arm", "folder", "seed", "test", "valid", "seen rightly"]
    rows = []
    for cell in results:
        if cell.status == "finished":
            figures = [_percent(cell.metrics.get(name)) for name in _OF_A_CELL]
            at = datetime.fromtimestamp(CellFolder(Path(cell.folder)).finished_at())
            ends = (f"{cell.train_seconds:.0f} s", f"{at:%Y-%m-%d %H:%M}")
            words = (cell.digest[:_DIGITS], cell.arm, cell.folder, str(cell.seed))
            rows.append(_entries(*words, *figures, *ends))
    caption = "Accuracies in %"
    return PageTable("Cells", [*headings, "training", "finished"], rows, caption, num_texts=3)


def environment_table(cells: Sequence[CellResult]) -> PageTable:
    """Under what circumstances *cells* were computed; of what differs, each value and how often."""
    found: dict[str, dict[str, int]] = {}
    for cell in cells:
        for name, value in _flat(cell.environment).items():
            counts = found.setdefault(name, {})
            counts[value] = counts.get(value, 0) + 1
    rows = [_entries(name, _counted(counts, len(cells))) for name, counts in found.items()]
    return PageTable("Environment", ["what", "value"], rows, num_texts=2)


def missing_table(missing: Sequence[MissingCell]) -> PageTable:
    """One row a cell that is not finished, and why."""
    rows = [_entries(each.arm, each.digest[:_DIGITS], each.why, str(each.seed)) for each in missing]
    return PageTable("MissingCell cells", ["arm", "cell", "why", "seed"], rows, num_texts=3)


def _entries(*texts: str) -> list[Entry]:
    return [Entry(text) for text in texts]


def _setting(value: object) -> str:
    return "–" if value is None else str(value)


def _called(metric: str) -> str:
    return metric.replace("test_accuracy", "accuracy").replace("_", " ")


def _estimate(arm: ArmEvidence, metric: str) -> str:
    if arm.estimate is not None:
        return format_interval(arm.estimate, metric)
    mean = arm.means.get(metric)
    return "-" if mean is None else format_number(mean, metric)


def _mean_and_spread(cells: Sequence[CellResult], arm: ArmEvidence, metric: str) -> str:
    mean = arm.means.get(metric)
    if mean is None:
        return "-"
    message = format_number(mean, metric)
    if len(cells) < 2 or metric.startswith(_OF_THE_TASK):
        return message
    spread = statistics.stdev(cell.metrics[metric] or 0.0 for cell in cells)
    return f"{message} ± {format_number(spread, metric)}"


def _share(share: float | None) -> Entry:
    return Entry(_percent(share), share)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f}"


def _flat(environment: Mapping[str, object]) -> dict[str, str]:
    """The circumstances as text, what stands in a mapping under `name.key`."""
    flat: dict[str, str] = {}
    for name, value in environment.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{key}": message for key, message in _flat(value).items()}
        elif value not in (None, []):
            flat[name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return flat


def _counted(counts: Mapping[str, int], num_cells: int) -> str:
    if list(counts.values()) == [num_cells]:
        return next(iter(counts))
    return "\n".join(f"{value} ({count} of {num_cells} cells)" for value, count in counts.items())
