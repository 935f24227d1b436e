"""Whoever watches a run: the command line's progress bars, or nobody."""

from collections.abc import Mapping
from typing import Protocol, final

from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_result import CellResult


class Observer(Protocol):
    """Is told what happens in a run, in the process that started it, by one call at a time."""

    def preparing(self, done: int, total: int) -> None:
        """Glyphs are being made: *done* steps of *total*."""

    def noted(self, message: str) -> None:
        """Something that a person should know of the data."""

    def planned(self, done: int, total: int) -> None:
        """So many of *total* cells are *done*, and others begin; of a search, so many trials."""

    def started(self, cell: Cell, step: int) -> None:
        """Training of *cell* begins, or goes on after *step* steps."""

    def measured(self, cell: Cell, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step* of *cell*."""

    def ended(self, cell: Cell, result: CellResult) -> None:
        """*cell* is finished, found finished, failed or skipped."""


@final
class NoObserver:
    """Watches nothing."""

    def preparing(self, done: int, total: int) -> None:
        """Pass over it."""

    def noted(self, message: str) -> None:
        """Pass over it."""

    def planned(self, done: int, total: int) -> None:
        """Pass over it."""

    def started(self, cell: Cell, step: int) -> None:
        """Pass over it."""

    def measured(self, cell: Cell, step: int, metrics: Mapping[str, float]) -> None:
        """Pass over it."""

    def ended(self, cell: Cell, result: CellResult) -> None:
        """Pass over it."""
