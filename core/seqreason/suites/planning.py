"""Which cells a plan has, which of them are finished, and why the others must be computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

from seqreason.borders import plugin_border
from seqreason.errors import IncompatibleError
from seqreason.spec import Arm
from seqreason.suites.cell import Cell
from seqreason.suites.cell_folder import CellFolder
from seqreason.suites.explaining import explain_miss
from seqreason.suites.results import CellResult
from seqreason.suites.store import Store
from seqreason.suites.trial import Trial
from seqreason.suites.workbench import Workbench

Standing = Literal["finished", "unfinished", "skipped"]


@final
@dataclass(frozen=True)
class PlannedCell:
    """One cell of a plan as it stands in the store.

    Attributes:
        cell: None where the parts of the arm do not fit, so that there is no cell to name.
        trial: what a search wants to hear of it, if it is a trial of one.
    """

    arm: Arm
    seed: int
    standing: Standing
    cell: Cell | None = None
    folder: CellFolder | None = None
    reason: str = ""
    trial: Trial | None = None

    def skipped(self) -> CellResult:
        """The result of a cell that there is not."""
        return CellResult(
            "", self.arm.spec.benchmark, self.arm.name, self.seed, "skipped", reason=self.reason
        )


def plan_cells(arms: Sequence[Arm], bench: Workbench, store: Store) -> list[PlannedCell]:
    """The cells of *arms* at all their seeds; nothing is written."""
    return [planned for arm in arms for planned in _cells_of(arm, bench, store)]


def why_unfinished(planned: PlannedCell, store: Store) -> str:
    """Why a cell that is not finished must be computed, and from where on."""
    cell, folder = planned.cell, planned.folder
    assert cell is not None
    assert folder is not None
    if folder.path.exists() and folder.is_taken():
        return "another process is computing it"
    failure = folder.failure()
    if failure is not None:
        return f"failed the last time: {failure}"
    if folder.checkpoint.exists():
        return "stopped on its way: goes on from its checkpoint"
    earlier: list[dict[str, Any]] = [
        other.identity() for other in store.folders(cell.spec.benchmark) if other.is_finished
    ]
    return explain_miss(cell.identity, earlier)


def _cells_of(arm: Arm, bench: Workbench, store: Store) -> list[PlannedCell]:
    cells = []
    for seed in arm.spec.seeds:
        with plugin_border() as border:
            cell = bench.cell(arm.spec, seed, arm=arm.name)
        if isinstance(border.error, IncompatibleError):
            cells.append(PlannedCell(arm, seed, "skipped", reason=str(border.error)))
            continue
        if border.error is not None:
            raise border.error
        folder = store.folder(cell)
        standing: Standing = "finished" if folder.is_finished else "unfinished"
        cells.append(PlannedCell(arm, seed, standing, cell, folder))
    return cells
