"""Jobs as another process runs them, and the results that come back."""

import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch

from seqreason import TrainingError
from seqreason.registry.plugin_errors import catch_plugin_errors


@final
@dataclass(frozen=True)
class Raised:
    """An error of another process, to be raised in this one."""

    error: Exception


@final
@dataclass(frozen=True)
class Task:
    """Computes jobs in any process.

    The callable and the jobs travel as bytes. So the callable is pickled once for all jobs. If
    the worker cannot unpickle it, that is an ordinary error, not the death of the worker.

    Attributes:
        run: the pickled callable.
        num_threads: how many threads torch gets; None: the callable sets them itself.
    """

    run: bytes
    num_threads: int | None

    @classmethod
    def of(cls, run: Callable[..., Any], *, num_threads: int | None) -> "Task":
        """The task of calling *run*."""
        return cls(pickle.dumps(run), num_threads)

    def __call__(self, job: bytes) -> Any:
        """The callable's result for the pickled *job*; an error comes as `Raised`."""
        if self.num_threads is not None:
            torch.set_num_threads(self.num_threads)
        with catch_plugin_errors() as caught:
            run = pickle.loads(self.run)  # noqa: S301  # comes from the run that this is part of
            return run(pickle.loads(job))  # noqa: S301  # as above
        error = caught.error
        assert error is not None
        error.add_note(f"In another process:\n{''.join(traceback.format_exception(error))}")
        return Raised(_portable(error))


def result_of(returned: Any) -> Any:
    """The result that a task returned.

    Raises:
        Exception: the task raised it in the other process.
    """
    if isinstance(returned, Raised):
        raise returned.error
    return returned


def _portable(error: Exception) -> Exception:
    """The *error*, or its message if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # only to see whether it can be done
    except (pickle.PickleError, TypeError, AttributeError, ValueError):
        return TrainingError(f"{type(error).__name__}: {error}")
    return error
