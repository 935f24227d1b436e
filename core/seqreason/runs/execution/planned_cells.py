"""The cells of a plan, which of them are finished, and why the others must be computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

from seqreason.errors import IncompatibleError
from seqreason.registry.plugin_errors import catch_plugin_errors
from seqreason.runs.execution.run_context import RunContext
from seqreason.runs.execution.trial import Trial
from seqreason.runs.store.cache_miss import explain_miss
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store
from seqreason.spec import Arm

Standing = Literal["finished", "unfinished", "skipped"]


@final
@dataclass(frozen=True)
class PlannedCell:
    """One cell of a plan, and its state in the store.

    Attributes:
        cell: None if the parts of the arm do not fit together.
        trial: the search's trial that it belongs to, if any.
    """

    arm: Arm
    seed: int
    standing: Standing
    cell: Cell | None = None
    folder: CellFolder | None = None
    reason: str = ""
    trial: Trial | None = None

    def result(self) -> CellResult | None:
        """The result of a finished or skipped cell; None if it must be computed.

        Raises:
            StoreError: the result is damaged.
        """
        if self.cell is not None and self.folder is not None:
            return finished(self.cell, self.folder)
        benchmark, arm = self.arm.spec.benchmark, self.arm.name
        return CellResult("", benchmark, arm, self.seed, "skipped", reason=self.reason)


def finished(cell: Cell, folder: CellFolder) -> CellResult | None:
    """The stored result of *cell*, or None while it is not finished.

    Raises:
        StoreError: the result is damaged.
    """
    done = folder.result()
    if done is None:
        return None
    done.pop("arm", None)
    return CellResult(**done, arm=cell.arm, folder=str(folder.path), is_reused=True)


def plan_cells(arms: Sequence[Arm], context: RunContext, store: Store) -> list[PlannedCell]:
    """The cells of *arms* at all their seeds; writes nothing."""
    cells = []
    wanted = [(arm, seed) for arm in arms for seed in arm.spec.seeds]
    for arm, seed in wanted:
        with catch_plugin_errors() as caught:
            cell = context.cell(arm.spec, seed, arm=arm.name)
        if isinstance(caught.error, IncompatibleError):
            cells.append(PlannedCell(arm, seed, "skipped", reason=str(caught.error)))
            continue
        if caught.error is not None:
            raise caught.error
        folder = store.folder(cell)
        standing: Standing = "finished" if folder.is_finished else "unfinished"
        cells.append(PlannedCell(arm, seed, standing, cell, folder))
    return cells


def why_unfinished(planned: PlannedCell, store: Store) -> str:
    """Why an unfinished cell must be computed, and where it begins."""
    cell, folder = planned.cell, planned.folder
    assert cell is not None
    assert folder is not None
    if folder.path.exists() and folder.is_locked():
        return "another process is computing it"
    failure = folder.failure()
    if failure is not None:
        return f"failed the last time: {failure}"
    if folder.checkpoint.exists():
        return "stopped: resumes from its checkpoint"
    finished_folders = filter(lambda other: other.is_finished, store.folders(cell.spec.benchmark))
    return explain_miss(cell.identity, [other.identity() for other in finished_folders])
