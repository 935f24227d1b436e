"""A queue of jobs that submitit hands to SLURM, or to processes of this machine."""

import os
import pickle
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, final

from seqreason import SpecError, TrainingError
from seqreason_plugins.executors.task import Task

_END_SECONDS: Final = 0.1


@final
@dataclass(frozen=True)
class SubmittedTask:
    """A task that submitit puts back in the queue when its time is up.

    Attributes:
        task: what is called.
        ends_on_sigterm: whether SIGTERM ends it, which submitit would have it ignore.
    """

    task: Task
    ends_on_sigterm: bool

    def __call__(self, job: bytes) -> Any:
        """What the task returns for *job*."""
        if self.ends_on_sigterm:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return self.task(job)

    def checkpoint(self, job: bytes) -> Any:
        """What is to be submitted next, which is the same; submitit calls this."""
        # Importing this module must not take the package, but in a job it is there.
        from submitit.helpers import DelayedSubmission  # noqa: PLC0415

        return DelayedSubmission(self, job)


@final
class SubmititQueue:
    """Submits jobs, and tells what became of them.

    Logs are left in a folder of this run's own; all else that is written is deleted at the end.
    """

    def __init__(
        self,
        submitit: Any,
        cluster: str,
        *,
        logs: Path,
        requeues: int,
        parameters: Mapping[str, Any],
    ) -> None:
        self._failed_job: type[Exception] = submitit.core.utils.FailedJobError
        self._is_local = cluster == "local"
        self._folder = logs / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}"
        options = {"max_num_timeout": requeues, "max_pickle_size_gb": 1000.0}
        self._executor = submitit.AutoExecutor(
            self._folder,
            cluster=cluster,
            **{f"{cluster}_{name}": value for name, value in options.items()},
        )
        self._executor.update_parameters(**parameters)

    def submit(self, task: Task, jobs: Sequence[Any]) -> list[Any]:
        """submitit's handles of the *jobs*, in order.

        Raises:
            SpecError: SLURM refuses them.
        """
        if not jobs:
            return []
        submitted = SubmittedTask(task, ends_on_sigterm=self._is_local)
        try:
            handles: list[Any] = self._executor.map_array(
                submitted, [pickle.dumps(job) for job in jobs]
            )
        except self._failed_job as error:
            raise SpecError(
                f"executor submitit: sbatch refuses the jobs: {error}. See to the settings of the "
                "executor and to the resources of the spec"
            ) from error
        return handles

    def is_dead(self, handle: Any) -> bool:
        """Whether a job that is done has come to an end without an outcome."""
        # A disk that is shared may show an outcome late, and submitit then waits for it.
        if self._is_local:
            return not handle.paths.result_pickle.exists()
        error = handle.exception()
        return error is not None and not isinstance(error, self._failed_job)

    def returned(self, handle: Any) -> Any:
        """What the task returned.

        Raises:
            TrainingError: it could not even be called.
        """
        try:
            return handle.result()
        except self._failed_job as error:
            raise TrainingError(
                f"executor submitit: a job could not be run: {error}\nEvery machine needs the "
                "packages that this one has"
            ) from error

    def cancel(self, handles: Sequence[Any]) -> None:
        """End the jobs, wherever they are on their way."""
        for handle in handles:
            if self._is_local:
                _end_process(handle)
            else:
                handle.cancel(check=False)

    def close(self, unfinished: Sequence[Any]) -> None:
        """Cancel what is not finished, and delete what nobody will read."""
        self.cancel(unfinished)
        for pattern in ("*.pkl", ".submission_file_*"):
            for path in self._folder.glob(pattern):
                path.unlink(missing_ok=True)


def _end_process(handle: Any) -> None:
    """End a job of this machine; submitit would do so by Ctrl-C, and print tracebacks."""
    while not handle.done():
        # The id is that of the process that watches over the job and hands signals on to it.
        os.kill(int(handle.job_id), signal.SIGTERM)
        time.sleep(_END_SECONDS)
