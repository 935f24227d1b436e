"""The state of training between two steps, and the file that keeps it."""

from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, final

import torch
from torch import Tensor

from seqreason.data.atomic_write import atomic_write
from seqreason.errors import StoreError


@final
@dataclass
class TrainingState:
    """All that training needs to continue as if it had not stopped.

    Everything else is a function of the seed and the step.

    Attributes:
        model, optimiser, average: state dictionaries; *average* is empty without a moving average.
        step: how many steps are done.
        seconds: how long they took.
        curve: the metrics of each validation, with its step and seconds.
        best_accuracy: the best `valid_accuracy` so far.
        best_model: the weights that reached it.
    """

    model: dict[str, Tensor]
    optimiser: dict[str, Any]
    step: int = 0
    seconds: float = 0.0
    curve: list[dict[str, float]] = field(default_factory=list)
    best_accuracy: float = -1.0
    best_model: dict[str, Tensor] = field(default_factory=dict)
    average: dict[str, Tensor] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class CheckpointFile:
    """One file that holds the last saved state. It is never half written."""

    path: Path

    def save(self, state: TrainingState) -> None:
        """Save *state* in place of the last one.

        Raises:
            StoreError: the file cannot be written; the last state is kept.
        """
        content = BytesIO()
        torch.save(asdict(state), content)
        try:
            with atomic_write(self.path) as file:
                file.write(content.getbuffer())
        except OSError as error:
            raise StoreError(
                f"{self.path}: the checkpoint cannot be written ({error}); free some space there, "
                "or choose another folder with --runs DIR"
            ) from error

    def load(self, device: torch.device) -> TrainingState | None:
        """The saved state with its tensors on *device*, or None if there is none.

        Raises:
            StoreError: the file exists and cannot be read.
        """
        if not self.path.exists():
            return None
        try:
            return TrainingState(**torch.load(self.path, map_location=device, weights_only=True))
        except (OSError, RuntimeError, UnpicklingError, TypeError) as error:
            raise StoreError(
                f"{self.path}: the checkpoint cannot be read ({error}); delete its folder to "
                "start this cell again"
            ) from error

    def remove(self) -> None:
        """Delete the file, if there is one."""
        self.path.unlink(missing_ok=True)
