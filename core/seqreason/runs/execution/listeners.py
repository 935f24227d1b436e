"""The listeners of a cell's training: the run's observer, the trackers, the search."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, final

from seqreason.interfaces import Tracker, TrackerContext
from seqreason.runs.execution.events import EventFile
from seqreason.runs.execution.run_context import RunContext
from seqreason.runs.execution.trial import Trial
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.spec.digest import flattened
from seqreason.spec.loading import load_choice
from seqreason.training import TrainingState


@final
@dataclass(frozen=True)
class CellListeners:
    """Passes everything measured in one cell to its listeners; itself a `Listener`."""

    events: EventFile
    trackers: Sequence[Tracker]
    trial: Trial | None

    def began(self, state: TrainingState) -> None:
        """Training begins or resumes at *state*.

        Raises:
            PrunedError: the search had already pruned this trial.
        """
        self.events.started(state.step)
        if self.trial is not None:
            for measured in state.curve:
                self.trial.report(int(measured["step"]), measured)

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step*.

        Raises:
            PrunedError: the search prunes this trial.
        """
        self.events.measured(step, metrics)
        for tracker in self.trackers:
            tracker.measured(step, metrics)
        if self.trial is not None:
            self.trial.report(step, metrics)


@contextmanager
def cell_listeners(
    cell: Cell,
    folder: CellFolder,
    context: RunContext,
    *,
    trackers: Sequence[Mapping[str, Any]],
    trial: Trial | None,
) -> Iterator[CellListeners]:
    """The listeners of *cell*; closes the trackers, given by name and settings, at the end."""
    settings = {**flattened(cell.identity["spec"]), "seed": cell.seed}
    tracked = TrackerContext(
        cell.title, folder.path, cell.spec.training.num_steps, settings=settings
    )
    with ExitStack() as ending:
        made: list[Tracker] = []
        for declared in trackers:
            choice = load_choice("tracker", declared, context.registry, where="tracker")
            made.append(context.registry.build(Tracker, choice.kind, choice.config, tracked))
            ending.callback(made[-1].close)
        yield CellListeners(EventFile(folder.progress), made, trial)
