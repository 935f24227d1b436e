"""Results as tables for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from rich import box
from rich.table import Table

from seqreason.reports.amounts import format_number, format_seconds
from seqreason.runs import CellResult, Results
from seqreason.runs.store.cell_result import mean_of
from seqreason.spec.metrics import METRICS, caption_of, columns, format_share

# The shares of a breakdown, with the metrics that they are for one value of a property.
_BROKEN_DOWN: Final = {
    "accuracy": "test_accuracy",
    "perceived_ceiling": "perceived_ceiling_accuracy",
    "ceiling": "ceiling_accuracy",
}
_MOST_VALUES: Final = 13
_NUM_LOWEST: Final = 5
_BAR_WIDTH: Final = 16


def results_table(results: Results) -> Table:
    """One row a cell with its accuracies at the last position, and their mean below."""
    shown = columns("results", measured=[name for cell in results for name in cell.metrics])
    title = "Accuracy at the last position, in %"
    return _metrics_table(results, shown, title=title, with_time=True)


def limits_table(results: Results) -> Table:
    """One row a cell with what limits its accuracy, and their mean below."""
    return _metrics_table(results, columns("limits"), title="Limits of the accuracy, in %")


def _metrics_table(
    results: Results, shown: dict[str, str], *, title: str, with_time: bool = False
) -> Table:
    """A row a cell with the metrics *shown* (heading to name), and their mean below."""
    table = Table(title=title, box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("benchmark", overflow="fold", min_width=10)
    table.caption = caption_of(shown.values())
    for heading in ("seed", *shown, *(["time"] if with_time else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    for cell in results:
        values = [format_number(cell.metrics.get(name), name) for name in shown.values()]
        table.add_row(cell.arm, str(cell.seed), *values, *([_ending(cell)] if with_time else []))
    finished = [cell for cell in results if cell.status == "finished"]
    if len(finished) > 1:
        table.add_section()
        means = [format_number(mean_of(finished, name), name) for name in shown.values()]
        table.add_row("mean", "", *means, style="bold")
    return table


def _ending(cell: CellResult) -> str:
    return format_seconds(cell.train_seconds) if cell.status == "finished" else cell.status


def breakdown_table(results: Results, name: str) -> Table | None:
    """Test accuracy by the values of one property over all cells; None if there is only one value.

    If a property has many values, the table has only the lowest.
    """
    title, values = breakdown(results, name)
    if len(values) < 2:
        return None
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    perceived, ceiling = (METRICS[metric].label for metric in [*_BROKEN_DOWN.values()][1:])
    for heading in (name, "accuracy", perceived, ceiling):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True, min_width=_BAR_WIDTH)
    table.add_column("sequences", justify="right")
    for value, known in values.items():
        bar = "█" * round((known.shares["accuracy"] or 0) * _BAR_WIDTH)
        shares = [format_share(known.shares[share]) for share in _BROKEN_DOWN]
        table.add_row(value, *shares, bar, f"{known.count:,}")
    return table


@final
@dataclass(frozen=True)
class Pooled:
    """The sequences with one value of a property, over several cells: their number and shares."""

    count: int
    shares: dict[str, float | None]


def breakdown(cells: Iterable[CellResult], name: str) -> tuple[str, dict[str, Pooled]]:
    """A title, and the figures of each value of a property; of many values only the lowest."""
    title, values = f"Test accuracy by {name}", pooled(cells, name)
    if len(values) <= _MOST_VALUES:
        return title, values
    lowest = sorted(values.items(), key=lambda entry: entry[1].shares["accuracy"] or 0)
    return f"{title}, the {_NUM_LOWEST} lowest", dict(lowest[:_NUM_LOWEST])


def pooled(cells: Iterable[CellResult], name: str) -> dict[str, Pooled]:
    """Accuracy, ceilings and number of sequences by value, over *cells* together."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for cell in cells:
        for row in cell.breakdowns.get(name, []):
            rows.setdefault(row["value"], []).append(row)
    return {value: _of_rows(of_value) for value, of_value in rows.items()}


def _of_rows(rows: Sequence[Mapping[str, Any]]) -> Pooled:
    count = sum(row["count"] for row in rows)
    shares: dict[str, float | None] = dict.fromkeys(_BROKEN_DOWN)
    for share in shares:
        if all(row.get(share) is not None for row in rows):
            shares[share] = sum(row["count"] * row[share] for row in rows) / count
    return Pooled(count, shares)
