"""A job made ready for another process, and what comes back from there."""

import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch

from seqreason import TrainingError


@final
@dataclass(frozen=True)
class Raised:
    """What was raised in another process, on its way to be raised in this one."""

    error: Exception


@final
@dataclass(frozen=True)
class Task:
    """Computes jobs in whichever process it is called.

    What is run and its jobs travel as bytes. So what is run is pickled once for all jobs, and one
    that cannot be unpickled over there is an error like any other, not the death of the worker.

    Attributes:
        run: the pickled callable.
        num_threads: how many threads torch gets; None: the callable sees to it itself.
    """

    run: bytes
    num_threads: int | None

    @classmethod
    def of(cls, run: Callable[..., Any], *, num_threads: int | None) -> "Task":
        """The task of calling *run*."""
        return cls(pickle.dumps(run), num_threads)

    def __call__(self, job: bytes) -> Any:
        """What the callable returns for the pickled *job*; what it raises comes as `Raised`."""
        if self.num_threads is not None:
            torch.set_num_threads(self.num_threads)
        try:
            run = pickle.loads(self.run)  # noqa: S301  # comes from the run that this is part of
            return run(pickle.loads(job))  # noqa: S301  # as above
        except Exception as error:  # noqa: BLE001  # it is raised again on the other side
            error.add_note(f"In another process:\n{traceback.format_exc()}")
            return Raised(_portable(error))


def opened(returned: Any) -> Any:
    """The outcome that a task returned.

    Raises:
        Exception: the task raised it over there.
    """
    if isinstance(returned, Raised):
        raise returned.error
    return returned


def _portable(error: Exception) -> Exception:
    """The *error*, or what it says if it would be lost on the way."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # only to see whether it can be done
    except (pickle.PickleError, TypeError, AttributeError, ValueError):
        return TrainingError(f"{type(error).__name__}: {error}")
    return error
