"""Observers of a run: the command line's progress bars, or none."""

from collections.abc import Mapping
from typing import Any, Protocol, final

from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_result import CellResult


class Observer(Protocol):
    """Receives the events of a run, in the process that started it, one call at a time."""

    def preparing(self, done: int, total: int) -> None:
        """Glyphs are being made: *done* steps of *total*."""

    def noted(self, message: str) -> None:
        """A remark for the user."""

    def planned(self, done: int, total: int) -> None:
        """*done* of *total* cells, or of a search's trials, are finished; the others begin."""

    def started(self, cell: Cell, step: int) -> None:
        """Training of *cell* begins, or resumes after *step* steps."""

    def measured(self, cell: Cell, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step* of *cell*."""

    def ended(self, cell: Cell, result: CellResult) -> None:
        """*cell* is finished, failed or skipped."""


@final
class NoObserver:
    """Ignores every event."""

    def noted(self, *_event: Any, **_named: Any) -> None:
        """Ignore it."""

    preparing = planned = started = measured = ended = noted
