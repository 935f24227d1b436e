"""A job: one cell to compute, in a form that can be sent to another process or machine."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from seqreason.assembly.determinism import torch_threads
from seqreason.errors import IncompatibleError, StoreError
from seqreason.registry.plugin_errors import catch_plugin_errors
from seqreason.runs.execution.cell_runner import CellRunner
from seqreason.runs.execution.parallel import Parallel
from seqreason.runs.execution.planned_cells import finished
from seqreason.runs.execution.run_context import run_context_of
from seqreason.runs.execution.trial import PrunedError, Trial
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import CellFolder, CellLockedError
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store


@final
@dataclass(frozen=True)
class Job:
    """One cell to compute.

    Attributes:
        data: the plain data that its spec is made from.
        digest: of the cell in the process that sends the job; code and data must be the same.
        waits: whether to wait while another process computes the cell.
        trial: the search's trial that the cell belongs to; None outside a search.
    """

    arm: str
    data: Mapping[str, Any]
    seed: int
    digest: str
    waits: bool = False
    trial: Trial | None = None


@final
@dataclass(frozen=True)
class LockedElsewhere:
    """The outcome of a job whose cell another process is computing."""


@final
@dataclass(frozen=True)
class JobRunner:
    """Computes jobs in the process that calls it.

    Attributes:
        plugins: files or modules with plug-ins that are not installed.
        runs: the folder that holds the run folders, absolute.
        trackers: name and settings of each tracker.
        cpus: threads of a cell; None keeps the number of torch.
    """

    plugins: tuple[str, ...]
    runs: str
    trackers: tuple[Mapping[str, Any], ...]
    cpus: int | None
    parallel: Parallel

    def __call__(self, job: Job) -> CellResult | LockedElsewhere:
        """The outcome of *job*; a failure is stored in its folder and returned, not raised.

        Raises:
            StoreError: its folder cannot be read or written.
        """
        with torch_threads(self.cpus):
            context = run_context_of(self.plugins)
            spec = context.spec(job.data)
            cell = context.cell(spec, job.seed, arm=job.arm, is_trial=job.trial is not None)
            # Code or data may differ from those of the process that sent the job.
            if cell.digest != job.digest:
                raise StoreError(
                    f"{cell.title}: this worker's code or data differ from those of the process "
                    "that started the run; give both the same installation and data, and do not "
                    "change plug-ins during a run"
                )
            return self._outcome(job, cell)

    def _outcome(self, job: Job, cell: Cell) -> CellResult | LockedElsewhere:
        folder = Store(Path(self.runs)).folder(cell)
        if (done := finished(cell, folder)) is not None:
            return done
        runner = CellRunner(self.plugins, self.trackers, self.parallel, job.trial)
        if self.parallel.is_spread:
            return _spread(runner, job, cell, folder)
        with catch_plugin_errors() as caught:
            # Before the folder exists, so that parts that do not fit leave none.
            runner.check(cell)
            with folder.claimed(cell.identity, waits=job.waits):
                # The process that held the folder may have finished the cell.
                if (done := finished(cell, folder)) is not None:
                    return done
                runner.compute(job.data, cell, folder)
            result = finished(cell, folder)
            assert result is not None
            return replace(result, is_reused=False)
        assert caught.error is not None
        return _unfinished(cell, folder, caught.error)


def _spread(runner: CellRunner, job: Job, cell: Cell, folder: CellFolder) -> CellResult:
    """The result of a cell that processes on several nodes train together.

    All of them call this function. An error in one is raised, so that the launcher ends them all
    instead of leaving the others waiting.
    """
    fabric = runner.parallel.fabric(cell.spec.training)
    fabric.launch()
    if fabric.is_global_zero:
        with folder.claimed(cell.identity, waits=True):
            is_left = not folder.is_finished
            fabric.broadcast(is_left)
            if is_left:
                runner.compute(job.data, cell, folder)
    elif is_left := bool(fabric.broadcast(None)):
        runner.compute(job.data, cell, folder)
    fabric.barrier()
    result = finished(cell, folder)
    if result is None:
        raise StoreError(
            f"{folder.path}: this node cannot read the first node's result; use a folder "
            "that all nodes share"
        )
    return replace(result, is_reused=not is_left)


def _unfinished(cell: Cell, folder: CellFolder, error: Exception) -> CellResult | LockedElsewhere:
    """The outcome of a cell that *error* ended: skipped, or failed with its traceback kept."""
    if isinstance(error, CellLockedError):
        return LockedElsewhere()
    # A full disk would fail every other cell too, so it ends the run.
    if isinstance(error, StoreError):
        raise error
    ended = CellResult(cell.digest, cell.spec.benchmark, cell.arm, cell.seed, "failed")
    if isinstance(error, IncompatibleError):
        return replace(ended, status="skipped", reason=str(error))
    if isinstance(error, PrunedError):
        return replace(ended, status="pruned", reason=str(error))
    path = folder.fail("".join(traceback.format_exception(error)))
    return replace(ended, reason=f"{type(error).__name__}: {error} (traceback in {path})")
