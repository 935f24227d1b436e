"""The audience of a cell's training: whoever watches the run, the trackers, the search."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, final

from seqreason.interfaces import Tracker, TrackerContext
from seqreason.spec.digest import flattened
from seqreason.spec.loading import load_choice
from seqreason.suites.cell import Cell
from seqreason.suites.cell_folder import CellFolder
from seqreason.suites.events import EventFile
from seqreason.suites.trial import Trial
from seqreason.suites.workbench import Workbench
from seqreason.training import TrainingState


@final
@dataclass(frozen=True)
class Audience:
    """Hears of everything that is measured in one cell, and passes it on; a `Listener`."""

    events: EventFile
    trackers: Sequence[Tracker]
    trial: Trial | None

    def began(self, state: TrainingState) -> None:
        """Training begins at *state*, or goes on there.

        Raises:
            PrunedError: the search had given it up before.
        """
        self.events.started(state.step)
        if self.trial is not None:
            for measured in state.curve:
                self.trial.report(int(measured["step"]), measured)

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step*.

        Raises:
            PrunedError: the search wants no more of this trial.
        """
        self.events.measured(step, metrics)
        for tracker in self.trackers:
            tracker.measured(step, metrics)
        if self.trial is not None:
            self.trial.report(step, metrics)


@contextmanager
def audience_of(
    cell: Cell,
    folder: CellFolder,
    bench: Workbench,
    *,
    trackers: Sequence[Mapping[str, Any]],
    trial: Trial | None,
) -> Iterator[Audience]:
    """The audience of *cell*; trackers, given by name and settings, are closed in the end."""
    settings = {**flattened(cell.identity["spec"]), "seed": cell.seed}
    context = TrackerContext(
        cell.title, folder.path, cell.spec.training.num_steps, settings=settings
    )
    with ExitStack() as ending:
        made: list[Tracker] = []
        for told in trackers:
            choice = load_choice("tracker", told, bench.registry, where="tracker")
            made.append(bench.registry.build(Tracker, choice.kind, choice.config, context))
            ending.callback(made[-1].close)
        yield Audience(EventFile(folder.progress), made, trial)
