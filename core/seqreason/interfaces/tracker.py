"""Trackers: whoever follows a cell while it is computed."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from seqreason.interfaces.plugin import Plugin


@final
@dataclass(frozen=True)
class TrackerContext:
    """What a tracker may build on.

    Attributes:
        cell: the cell's name, `benchmark seed 0`.
        cell_folder: the cell's run folder, which exists.
        num_steps: how many training steps the cell takes in all.
        settings: the cell's whole spec and its seed, flat: `{"reasoner.cell": "gru", …}`.
    """

    cell: str
    cell_folder: Path
    num_steps: int
    settings: Mapping[str, Any]


class Tracker(Plugin):
    """Is told what is measured in training, as it is measured; one instance follows one cell."""

    @abstractmethod
    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take note of *metrics* after training step *step* (1, 2, …).

        A resumed cell begins again at its last checkpoint, so a step may come a second time.
        """

    @abstractmethod
    def close(self) -> None:
        """Write out what is left; called once, also when the cell fails."""
