"""The tables of a page, as text for its template."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, final

from seqreason.reports.amounts import (
    format_name,
    format_number,
    format_p,
    format_seconds,
    is_share,
)
from seqreason.reports.evidence_table import contrast_cells, evidence_caption, format_estimate
from seqreason.reports.sentences import format_detectable
from seqreason.reports.tables import breakdown, pooled
from seqreason.runs import CellResult, Results
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.runs.results.report_data import MissingCell
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.stored_cells import distinguishing, stored_cell
from seqreason.spec import Question
from seqreason.spec.metrics import caption_of, columns, metric_of

_DIGITS: Final = 12


@final
@dataclass(frozen=True)
class Entry:
    """The *text* of one table cell; a *share* is also drawn, as a bar behind the text."""

    text: str
    share: float | None = None


@final
@dataclass(frozen=True)
class PageTable:
    """A table; its first *num_texts* columns hold words, the others hold numbers."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Entry]]
    caption: str = ""
    num_texts: int = 1


def arms_table(results: Results, arms: Sequence[ArmEvidence]) -> PageTable:
    """One row an arm: the metric with its interval, then the mean and spread of the others."""
    metric, cells = results.question.metric, results.by_arm()
    measured = [name for arm in arms for name, mean in arm.means.items() if mean is not None]
    shown = columns("results", "limits", measured=measured)
    shown = {heading: name for heading, name in shown.items() if name in measured}
    rows = []
    for arm in arms:
        values = [format_estimate(arm, metric)]
        values += [_mean_and_spread(cells[arm.arm], arm, name) for name in shown.values()]
        seconds = sum(cell.train_seconds for cell in cells[arm.arm]) / len(cells[arm.arm])
        rows.append(_entries(arm.arm, str(len(arm.seeds)), *values, format_seconds(seconds)))
    title = "Arms" if len(arms) > 1 else "Metrics"
    first = f"{format_name(metric)} [95 %]"
    caption = (
        f"{evidence_caption(arms, [])}. Mean ± standard deviation over seeds, shares in %. "
        f"{caption_of(shown.values())}"
    )
    return PageTable(title, ["arm", "seeds", first, *shown, "training"], rows, caption)


def contrasts_table(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> PageTable:
    """One row a contrast: the difference with its interval, p values, detectable difference."""
    points = ", points" if is_share(question.metric) else ""
    headings = ["arm", "against", "finding", f"difference{points} [95 %]", "p", "p, Holm"]
    headings += ["detectable", "by seed"]
    rows = []
    for evidence in contrasts:
        difference, against, corrected_p, finding = contrast_cells(evidence, question)
        p_values = (format_p(evidence.p_value), corrected_p)
        detectable = format_detectable(evidence, question.metric)
        seeds = [format_number(each, question.metric, signed=True) for each in evidence.by_seed]
        words = (evidence.contrast.arm, against, finding)
        rows.append(_entries(*words, difference, *p_values, detectable, " · ".join(seeds)))
    caption = (
        f"{evidence_caption(arms, contrasts)}; detectable: the smallest true difference that "
        "would be found with 80 % power"
    )
    return PageTable("Contrasts", headings, rows, caption, num_texts=3)


def breakdown_tables(results: Results) -> list[PageTable]:
    """Test accuracy by each property with several values, a column an arm."""
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
            found = [each.get("accuracy") for each in shares]
            accuracies = [Entry(format_number(share, "test_accuracy"), share) for share in found]
            ceiling = Entry(format_number(over_all.shares["ceiling"], "ceiling_accuracy"))
            rows.append([Entry(value), *accuracies, ceiling, Entry(f"{over_all.count:,}")])
        headings = [name, *(arms if len(arms) > 1 else ["accuracy"]), "ceiling", "sequences"]
        caption = "In %, over all seeds of an arm; sequences: over all arms"
        tables.append(PageTable(title, headings, rows, caption))
    return tables


def settings_table(results: Results) -> PageTable | None:
    """A row a setting in which arms of one benchmark differ, a column an arm; None without any."""
    arms = results.by_arm()
    stored = [stored_cell(CellFolder(Path(cells[0].folder))) for cells in arms.values()]
    differing = distinguishing(stored)
    paths = dict.fromkeys(path for settings in differing for path in settings)
    rows = []
    for path in paths:
        values = [settings.get(path) for settings in differing]
        texts = ["–" if value is None else str(value) for value in values]
        if len({*texts}) > 1:
            rows.append(_entries(path, *texts))
    title, headings = "Settings in which the arms differ", ["setting", *arms]
    return PageTable(title, headings, rows, "–: not set", len(headings)) if rows else None


def cells_table(results: Results) -> PageTable:
    """One row a cell: its digest, folder, figures, and time of its end."""
    shown = columns("cells")
    headings = ["cell", "arm", "folder", "seed", *shown]
    rows = []
    for cell in results:
        if cell.status == "finished":
            figures = [format_number(cell.metrics.get(name), name) for name in shown.values()]
            at = datetime.fromtimestamp(CellFolder(Path(cell.folder)).finished_at())
            ends = (format_seconds(cell.train_seconds), f"{at:%Y-%m-%d %H:%M}")
            words = (cell.digest[:_DIGITS], cell.arm, cell.folder, str(cell.seed))
            rows.append(_entries(*words, *figures, *ends))
    caption = "Accuracies in %"
    return PageTable("Cells", [*headings, "training", "finished"], rows, caption, num_texts=3)


def environment_table(cells: Sequence[CellResult]) -> PageTable:
    """The environments of *cells*; where they differ, each value and how often it occurs."""
    values = defaultdict[str, Counter[str]](Counter)
    for cell in cells:
        for name, value in _flat(cell.environment).items():
            values[name][value] += 1
    rows = [_entries(name, _counted(counts, len(cells))) for name, counts in values.items()]
    return PageTable("Environment", ["name", "value"], rows, num_texts=2)


def missing_table(missing: Sequence[MissingCell]) -> PageTable:
    """One row an unfinished cell, and why it is not finished."""
    rows = [_entries(each.arm, each.digest[:_DIGITS], each.why, str(each.seed)) for each in missing]
    return PageTable("Missing cells", ["arm", "cell", "why", "seed"], rows, num_texts=3)


def _entries(*texts: str) -> list[Entry]:
    return [Entry(text) for text in texts]


def _mean_and_spread(cells: Sequence[CellResult], arm: ArmEvidence, metric: str) -> str:
    mean = format_number(arm.means.get(metric), metric)
    if arm.means.get(metric) is None or len(cells) < 2 or not metric_of(metric).varies:
        return mean
    spread = statistics.stdev(cell.metrics[metric] or 0.0 for cell in cells)
    return f"{mean} ± {format_number(spread, metric)}"


def _flat(environment: Mapping[str, object]) -> dict[str, str]:
    """The environment as text; an entry of a mapping becomes `name.key`."""
    flat: dict[str, str] = {}
    for name, value in environment.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{key}": text for key, text in _flat(value).items()}
        elif value not in (None, []):
            flat[name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return flat


def _counted(counts: Mapping[str, int], num_cells: int) -> str:
    if list(counts.values()) == [num_cells]:
        return next(iter(counts))
    return "\n".join(f"{value} ({count} of {num_cells} cells)" for value, count in counts.items())
