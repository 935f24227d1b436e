"""The output of `seqreason run --dry-run`: each cell, whether it is finished, and why not."""

from collections.abc import Sequence
from typing import Any, Final

from seqreason.cli.output import empty_table, print_json, print_line, results_console
from seqreason.errors import counted
from seqreason.runs import Store
from seqreason.runs.execution.planned_cells import PlannedCell, why_unfinished
from seqreason.spec import Plan

_STYLES: Final = {"finished": "green", "to run": "yellow", "skipped": "dim"}


def print_dry_run(
    plan: Plan, planned: Sequence[PlannedCell], store: Store, *, as_json: bool
) -> None:
    """Print the cells of *plan*, as a table or as JSON."""
    rows = [_row(cell, store) for cell in planned]
    if as_json:
        print_json({"cells": rows})
        return
    table = empty_table("arm", "seed", "cell", "status", "why")
    for row in rows:
        style = _STYLES[row["status"]]
        status = f"[{style}]{row['status']}[/{style}]"
        table.add_row(row["arm"], str(row["seed"]), row["digest"][:12], status, row["why"])
    results_console().print(table)
    print_line(_summary(rows))
    if plan.search is not None:
        trials = counted(plan.search.trials, "trial")
        print_line(f"A search of {trials} comes before each cell; its trials are not listed.")


def _row(planned: PlannedCell, store: Store) -> dict[str, Any]:
    status, why = str(planned.standing), planned.reason
    if status == "unfinished":
        status, why = "to run", why_unfinished(planned, store)
    return {
        "arm": planned.arm.name,
        "benchmark": planned.arm.spec.benchmark,
        "seed": planned.seed,
        "digest": planned.cell.digest if planned.cell else "",
        "status": status,
        "why": why,
    }


def _summary(rows: Sequence[dict[str, Any]]) -> str:
    counts = {status: sum(row["status"] == status for row in rows) for status in _STYLES}
    parts = [f"{count} {status}" for status, count in counts.items() if count]
    return f"{counted(len(rows), 'cell')}: {', '.join(parts)}"
