"""Trackers: receivers of metrics while a cell is trained."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from seqreason.interfaces.plugin import Plugin


@final
@dataclass(frozen=True)
class TrackerContext:
    """What a tracker knows about its cell.

    Attributes:
        cell: the cell's name, `benchmark seed 0`.
        cell_folder: the cell's run folder, which exists.
        num_steps: the number of training steps of the cell.
        settings: the whole spec and the seed, flat: `{"reasoner.cell": "gru", …}`.
    """

    cell: str
    cell_folder: Path
    num_steps: int
    settings: Mapping[str, Any]


class Tracker(Plugin):
    """Receives the metrics of training when they are measured; one instance for one cell."""

    @abstractmethod
    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Receive the *metrics* after training step *step* (1, 2, …).

        A resumed cell starts at its last checkpoint, so a step may come twice.
        """

    @abstractmethod
    def close(self) -> None:
        """Write everything that is not written yet; runs once, even if the cell fails."""
