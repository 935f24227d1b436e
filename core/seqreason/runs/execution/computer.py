"""Computing unfinished cells with an executor, and reporting to an observer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from seqreason.errors import counted
from seqreason.interfaces import Executor
from seqreason.runs.execution.events import watching
from seqreason.runs.execution.job import Job, JobRunner, LockedElsewhere
from seqreason.runs.execution.observer import Observer
from seqreason.runs.execution.planned_cells import PlannedCell
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_result import CellResult


@final
@dataclass(frozen=True)
class Computer:
    """Computes cells; see `compute`."""

    executor: Executor
    runner: JobRunner
    observer: Observer

    def compute(self, left: Mapping[int, PlannedCell], *, done: int = 0) -> dict[int, CellResult]:
        """The results of the cells *left*, by their places; *done* others are finished.

        A cell that another process computes comes last. This process then waits for it, and
        computes it if the other process has died.
        """
        jobs = {place: _job(planned) for place, planned in left.items()}
        results: dict[int, CellResult] = {}
        self.observer.planned(done, done + len(jobs))
        cells = [(_cell_of(each), each.folder.progress) for each in left.values() if each.folder]
        with watching(cells, self.observer) as watch:
            while jobs:
                places, locked = list(jobs), []
                asked = [jobs[place] for place in places]
                for number, outcome in self.executor.execute(self.runner, asked):
                    place = places[number]
                    if isinstance(outcome, LockedElsewhere):
                        locked.append(place)
                    else:
                        results[place] = outcome
                        watch.end(_cell_of(left[place]), outcome)
                jobs = {place: replace(jobs[place], waits=True) for place in locked}
                if jobs:
                    watch.note(
                        f"waiting for {counted(len(jobs), 'cell')} that another process computes"
                    )
        return results


def _job(planned: PlannedCell) -> Job:
    arm, cell = planned.arm, _cell_of(planned)
    return Job(arm.name, arm.data, planned.seed, cell.digest, trial=planned.trial)


def _cell_of(planned: PlannedCell) -> Cell:
    assert planned.cell is not None
    return planned.cell
