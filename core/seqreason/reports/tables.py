"""Results as tables for a terminal."""

from typing import Final

from rich.table import Table

from seqreason.suites import CellResult, Results

_COLUMNS: Final = {
    "test": "test_accuracy",
    "valid": "valid_accuracy",
    "train": "train_accuracy",
    "ceiling": "ceiling_accuracy",
    "perception": "perception_accuracy",
    "calibration error": "calibration_error",
}


def results_table(results: Results) -> Table:
    """One row a cell with its accuracies at the last position, and their mean below."""
    shifts = sorted({name for cell in results for name in cell.metrics if "/" in name})
    columns = _COLUMNS | {name.partition("/")[2]: name for name in shifts}
    table = Table(title="Accuracy at the last position (perception: all positions)")
    table.add_column("benchmark")
    table.add_column("seed", justify="right")
    for heading in columns:
        table.add_column(heading, justify="right")
    table.add_column("training", justify="right")
    for cell in results:
        values = [percent(cell.metrics.get(name)) for name in columns.values()]
        ending = f"{cell.train_seconds:.0f} s" if cell.status == "finished" else cell.status
        table.add_row(
            cell.arm, str(cell.seed), *values, ending + (" (kept)" if cell.is_reused else "")
        )
    finished = [cell for cell in results if cell.status == "finished"]
    if len(finished) > 1:
        means = [percent(_mean(finished, name)) for name in columns.values()]
        table.add_section()
        table.add_row("mean", "", *means, "", style="bold")
    return table


def breakdown_table(results: Results, name: str) -> Table | None:
    """Test accuracy by the values of one property over all cells; None if there is but one."""
    counts: dict[str, int] = {}
    right: dict[str, float] = {}
    for cell in results:
        for row in cell.breakdowns.get(name, []):
            value = row["value"]
            counts[value] = counts.get(value, 0) + row["count"]
            right[value] = right.get(value, 0.0) + row["count"] * row["accuracy"]
    if len(counts) < 2:
        return None
    table = Table(title=f"Test accuracy by {name}")
    table.add_column(name, style="bold")
    for value in counts:
        table.add_column(value, justify="right")
    table.add_row(
        "accuracy", *(percent(right[value] / counts[value], places=1) for value in counts)
    )
    table.add_row("sequences", *(str(count) for count in counts.values()))
    return table


def percent(share: float | None, *, places: int = 2) -> str:
    """A share as people read it, `99.75 %`; a dash for what is not known."""
    return "-" if share is None else f"{100 * share:.{places}f} %"


def _mean(cells: list[CellResult], name: str) -> float | None:
    values = [cell.metrics.get(name) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None
