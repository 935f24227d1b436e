"""The data of a report: reads a run folder, and computes and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from seqreason.runs.execution.planned_cells import PlannedCell, plan_cells, why_unfinished
from seqreason.runs.execution.run_context import RunContext
from seqreason.runs.results.results import Results
from seqreason.runs.search.search import Search
from seqreason.runs.search.search_result import SearchResult
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.pruning import without_superseded
from seqreason.runs.store.store import Store
from seqreason.runs.store.stored_cells import StoredCell, distinguishing, stored_cells
from seqreason.spec import Arm, Plan

# In characters: a longer name of an arm would fill a table.
_LONGEST: Final = 48


@final
@dataclass(frozen=True)
class MissingCell:
    """A cell that is not finished, and why.

    Attributes:
        digest: empty if it is not known yet.
        command: the command that computes it; empty if the run folder does not hold it.
    """

    arm: str
    benchmark: str
    seed: int
    digest: str
    why: str
    command: str


@final
@dataclass(frozen=True)
class ReportData:
    """The results of one plan, or of one benchmark of a run folder.

    Attributes:
        kind: `benchmark`, `suite` or `ablation`.
        results: the cells that are finished or skipped.
    """

    name: str
    kind: str
    results: Results
    missing: tuple[MissingCell, ...]

    @property
    def num_finished(self) -> int:
        """The number of finished cells."""
        return sum(cell.status == "finished" for cell in self.results)


def plan_report_data(plan: Plan, context: RunContext, store: Store, *, command: str) -> ReportData:
    """The cells of *plan* in *store*; *command* computes the missing ones.

    Raises:
        StoreError: the result of a cell is damaged.
    """
    arms, searches, missing = list(plan.arms), list[SearchResult](), list[MissingCell]()
    if plan.search is not None:
        known = {arm.name: Search(arm, plan.search, store, context).known() for arm in arms}
        missing = [_unsearched(arm, command) for arm in arms if known[arm.name] is None]
        ended = [each for each in known.values() if each is not None]
        arms, searches = [arm for arm, _ in ended], [result for _, result in ended]
    results = list[CellResult]()
    for planned in plan_cells(arms, context, store):
        result = planned.result()
        if result is None:
            missing.append(_missing(planned, store, command))
        else:
            results.append(result)
    whole = Results(tuple(results), plan.question, tuple(searches))
    return ReportData(plan.name, plan.kind, whole, tuple(missing))


def store_report_data(store: Store) -> list[ReportData]:
    """Every benchmark of *store*, with arms named by the settings in which its cells differ.

    If these names are long, arms are numbered. Trials of searches and superseded cells are left
    out.
    """
    stored = stored_cells(store)
    current = [cell for cell in without_superseded(stored) if not cell.is_trial]
    names = dict.fromkeys(cell.result.benchmark for cell in stored)
    return [_of_benchmark(name, stored, current) for name in names]


def _of_benchmark(
    name: str, stored: Sequence[StoredCell], current: Sequence[StoredCell]
) -> ReportData:
    cells = [cell for cell in current if cell.result.benchmark == name]
    arms = _arms(name, distinguishing(cells))
    results = [replace(cell.result, arm=arm) for cell, arm in zip(cells, arms, strict=True)]
    missing = [
        MissingCell(name, name, cell.result.seed, cell.result.digest, cell.result.reason, "")
        for cell in stored
        if cell.result.benchmark == name and not cell.is_finished
    ]
    return ReportData(name, "benchmark", Results(tuple(results)), tuple(missing))


def _arms(benchmark: str, settings: Sequence[dict[str, Any]]) -> list[str]:
    """A name for the arm of each cell: the settings in which it differs, or a number if long."""
    names = [
        ", ".join(f"{path}={value}" for path, value in each.items() if value is not None)
        for each in settings
    ]
    keys = [repr(each) for each in settings]
    if max(map(len, names), default=0) <= _LONGEST and len({*names}) == len({*keys}):
        return [name or benchmark for name in names]
    numbers = {key: place for place, key in enumerate(dict.fromkeys(keys), start=1)}
    return [f"{benchmark} {numbers[key]}" for key in keys]


def _missing(planned: PlannedCell, store: Store, command: str) -> MissingCell:
    assert planned.cell is not None
    why = why_unfinished(planned, store)
    arm, cell = planned.arm, planned.cell
    return MissingCell(arm.name, arm.spec.benchmark, cell.seed, cell.digest, why, command)


def _unsearched(arm: Arm, command: str) -> MissingCell:
    why = "its search is not finished"
    return MissingCell(arm.name, arm.spec.benchmark, arm.spec.seeds[0], "", why, command)
