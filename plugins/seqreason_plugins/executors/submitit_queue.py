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
    """A task that submitit queues again when its time is up.

    Attributes:
        task: the task of all jobs.
        ends_on_sigterm: whether SIGTERM ends it; submitit would make it ignore the signal.
    """

    task: Task
    ends_on_sigterm: bool

    def __call__(self, job: bytes) -> Any:
        """What the task returns for *job*."""
        if self.ends_on_sigterm:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return self.task(job)

    def checkpoint(self, job: bytes) -> Any:
        """What submitit submits when the time is up: the same task and job."""
        # A job has this optional package; whoever imports this module need not.
        from submitit.helpers import DelayedSubmission  # noqa: PLC0415

        return DelayedSubmission(self, job)


@final
class SubmititQueue:
    """Submits jobs and returns their results.

    Logs stay in this run's own folder; all other files are deleted at the end.
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
        """The handles that submitit has for the *jobs*, in order.

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
                f"executor submitit: sbatch refuses the jobs: {error}. Check the settings of the "
                "executor and the resources of the spec"
            ) from error
        return handles

    def is_dead(self, handle: Any) -> bool:
        """Whether a job ended without a result."""
        # A shared disk may show a result late; submitit then waits for it.
        if self._is_local:
            return not handle.paths.result_pickle.exists()
        error = handle.exception()
        return error is not None and not isinstance(error, self._failed_job)

    def returned(self, handle: Any) -> Any:
        """The result of the task.

        Raises:
            TrainingError: the task could not start.
        """
        try:
            return handle.result()
        except self._failed_job as error:
            raise TrainingError(
                f"executor submitit: a job could not be run: {error}\nEvery machine needs the "
                "packages that this one has"
            ) from error

    def cancel(self, handles: Sequence[Any]) -> None:
        """End the jobs, whether they wait or run."""
        for handle in handles:
            if self._is_local:
                _end_process(handle)
            else:
                handle.cancel(check=False)

    def close(self, unfinished: Sequence[Any]) -> None:
        """Cancel the *unfinished* jobs, and delete all files but the logs."""
        self.cancel(unfinished)
        for pattern in ("*.pkl", ".submission_file_*"):
            for path in self._folder.glob(pattern):
                path.unlink(missing_ok=True)


def _end_process(handle: Any) -> None:
    """End a job of this machine; submitit would send Ctrl-C, which prints tracebacks."""
    while not handle.done():
        # This is the process that supervises the job and forwards signals to it.
        os.kill(int(handle.job_id), signal.SIGTERM)
        time.sleep(_END_SECONDS)
