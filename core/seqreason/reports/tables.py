"""Results as tables for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from rich import box
from rich.table import Table

from seqreason.runs import CellResult, Results

_COLUMNS: Final = {
    "test": "test_accuracy",
    "valid": "valid_accuracy",
    "train": "train_accuracy",
    "ceiling": "ceiling_accuracy",
    "as seen": "perceived_ceiling_accuracy",
}
_LIMITS: Final = {
    "seen rightly": "perception_accuracy",
    "perception": "perception_errors",
    "reasoning": "reasoning_errors",
    "irreducible": "irreducible_errors",
    "ECE": "calibration_error",
}
_BROKEN_DOWN: Final = ("accuracy", "perceived_ceiling", "ceiling")
_SHIFTED: Final = "test_accuracy/"
_MOST_VALUES: Final = 13
_NUM_CONFIDENT: Final = 5
_BAR_WIDTH: Final = 16


def results_table(results: Results) -> Table:
    """One row a cell with its accuracies at the last position, and their mean below."""
    shifts = sorted({name for cell in results for name in cell.metrics if _SHIFTED in name})
    columns = _COLUMNS | {name.removeprefix(_SHIFTED): name for name in shifts}
    title = "Accuracy at the last position, in %"
    table = _metrics_table(results, columns, title=title, with_time=True)
    table.caption = "ceiling: the best possible; as seen: the best possible from what was perceived"
    return table


def limits_table(results: Results) -> Table:
    """One row a cell with what its accuracy is limited by, and their mean below."""
    table = _metrics_table(results, _LIMITS, title="What limits it, in %")
    table.caption = (
        "seen rightly: of all frames; wrong answers by their cause: of all sequences; "
        "ECE: expected calibration error"
    )
    return table


def _metrics_table(
    results: Results, columns: dict[str, str], *, title: str, with_time: bool = False
) -> Table:
    """A row a cell with its metrics, of which *columns* gives the headings, and the mean below."""
    table = Table(title=title, box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("benchmark", overflow="fold", min_width=10)
    for heading in ("seed", *columns, *(["time"] if with_time else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    for cell in results:
        values = [_hundredths(cell.metrics.get(name)) for name in columns.values()]
        table.add_row(cell.arm, str(cell.seed), *values, *([_ending(cell)] if with_time else []))
    finished = [cell for cell in results if cell.status == "finished"]
    if len(finished) > 1:
        table.add_section()
        table.add_row(
            "mean",
            "",
            *(_hundredths(_mean(finished, name)) for name in columns.values()),
            style="bold",
        )
    return table


def _ending(cell: CellResult) -> str:
    return f"{cell.train_seconds:.0f} s" if cell.status == "finished" else cell.status


def breakdown_table(results: Results, name: str) -> Table | None:
    """Test accuracy by the values of one property, over all cells; None if there is but one.

    Of a property with many values only the worst are shown.
    """
    title, values = breakdown(results, name)
    if len(values) < 2:
        return None
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for heading in (name, "accuracy", "as seen", "ceiling"):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True, min_width=_BAR_WIDTH)
    table.add_column("sequences", justify="right")
    for value, known in values.items():
        bar = "█" * round((known.shares["accuracy"] or 0) * _BAR_WIDTH)
        found = [percent(known.shares[share]) for share in _BROKEN_DOWN]
        table.add_row(value, *found, bar, f"{known.count:,}")
    return table


@final
@dataclass(frozen=True)
class Pooled:
    """What cells together know of one value of a property."""

    count: int
    shares: dict[str, float | None]


def breakdown(cells: Iterable[CellResult], name: str) -> tuple[str, dict[str, Pooled]]:
    """A title, and what *cells* know of each value of a property; of many values the worst."""
    title, values = f"Test accuracy by {name}", pooled(cells, name)
    if len(values) <= _MOST_VALUES:
        return title, values
    lowest = sorted(values.items(), key=lambda entry: entry[1].shares["accuracy"] or 0)
    return f"{title}, the {_NUM_CONFIDENT} lowest", dict(lowest[:_NUM_CONFIDENT])


def pooled(cells: Iterable[CellResult], name: str) -> dict[str, Pooled]:
    """Accuracy, ceilings and number of sequences by value, over *cells* together."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for cell in cells:
        for row in cell.breakdowns.get(name, []):
            rows.setdefault(row["value"], []).append(row)
    return {value: _of_rows(of_value) for value, of_value in rows.items()}


def percent(share: float | None, *, places: int = 2) -> str:
    """A share as people read it, `99.75 %`; a dash for what is not known."""
    return "-" if share is None else f"{100 * share:.{places}f} %"


def _hundredths(share: float | None) -> str:
    return percent(share).removesuffix(" %")


def _of_rows(rows: Sequence[Mapping[str, Any]]) -> Pooled:
    count = sum(row["count"] for row in rows)
    shares: dict[str, float | None] = dict.fromkeys(_BROKEN_DOWN)
    for share in shares:
        if all(row.get(share) is not None for row in rows):
            shares[share] = sum(row["count"] * row[share] for row in rows) / count
    return Pooled(count, shares)


def _mean(cells: list[CellResult], name: str) -> float | None:
    values = [cell.metrics.get(name) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None
