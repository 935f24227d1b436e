"""Results as tables for a terminal."""

from typing import Final

from rich import box
from rich.table import Table

from seqreason.suites import CellResult, Results

_COLUMNS: Final = {
    "test": "test_accuracy",
    "valid": "valid_accuracy",
    "train": "train_accuracy",
    "ceiling": "ceiling_accuracy",
    "perception": "perception_accuracy",
    "ECE": "calibration_error",
}
_MOST_VALUES: Final = 13
_NUM_WORST: Final = 5
_BAR_WIDTH: Final = 20


def results_table(results: Results) -> Table:
    """One row a cell with its accuracies at the last position, and their mean below."""
    shifts = sorted({name for cell in results for name in cell.metrics if "/" in name})
    columns = _COLUMNS | {name.partition("/")[2]: name for name in shifts}
    table = Table(
        title="Accuracy at the last position, in %",
        caption="perception: symbols named rightly, all positions; ECE: expected calibration error",
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("benchmark", overflow="fold", min_width=10)
    table.add_column("seed", justify="right")
    for heading in (*columns, "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for cell in results:
        values = [_hundredths(cell.metrics.get(name)) for name in columns.values()]
        ending = f"{cell.train_seconds:.0f} s" if cell.status == "finished" else cell.status
        table.add_row(cell.arm, str(cell.seed), *values, ending)
    finished = [cell for cell in results if cell.status == "finished"]
    if len(finished) > 1:
        means = [_hundredths(_mean(finished, name)) for name in columns.values()]
        table.add_section()
        table.add_row("mean", "", *means, "", style="bold")
    return table


def breakdown_table(results: Results, name: str) -> Table | None:
    """Test accuracy by the values of one property, over all cells; None if there is but one.

    Of a property with many values only the worst are shown.
    """
    shares = _pooled(results, name)
    if len(shares) < 2:
        return None
    title = f"Test accuracy by {name}"
    if len(shares) > _MOST_VALUES:
        shares = dict(sorted(shares.items(), key=lambda entry: entry[1][0])[:_NUM_WORST])
        title += f", the {_NUM_WORST} lowest"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(name, justify="right")
    table.add_column("accuracy", justify="right")
    table.add_column("", no_wrap=True, min_width=_BAR_WIDTH)
    table.add_column("sequences", justify="right")
    for value, (share, count) in shares.items():
        bar = "█" * round(share * _BAR_WIDTH)
        table.add_row(value, percent(share), bar, f"{count:,}")
    return table


def percent(share: float | None, *, places: int = 2) -> str:
    """A share as people read it, `99.75 %`; a dash for what is not known."""
    return "-" if share is None else f"{100 * share:.{places}f} %"


def _hundredths(share: float | None) -> str:
    return percent(share).removesuffix(" %")


def _pooled(results: Results, name: str) -> dict[str, tuple[float, int]]:
    """Accuracy and number of sequences by value, over the cells together."""
    counts: dict[str, int] = {}
    right: dict[str, float] = {}
    for cell in results:
        for row in cell.breakdowns.get(name, []):
            value = row["value"]
            counts[value] = counts.get(value, 0) + row["count"]
            right[value] = right.get(value, 0.0) + row["count"] * row["accuracy"]
    return {value: (right[value] / count, count) for value, count in counts.items()}


def _mean(cells: list[CellResult], name: str) -> float | None:
    values = [cell.metrics.get(name) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None
