"""Cells as jobs of a SLURM cluster."""

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, final

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from seqreason import Conformance, Executor, ExecutorContext, PluginConfig, SpecError, TrainingError
from seqreason.interfaces.executor import Job, JobResult
from seqreason_plugins.executors.extras import import_extra
from seqreason_plugins.executors.interrupts import interrupts_held_back
from seqreason_plugins.executors.submitit_queue import SubmititQueue
from seqreason_plugins.executors.task import Task, opened

_MOST_TRIES: Final = 3
_POLL_SECONDS: Final = 0.25
# A cluster takes 1001 jobs in one array unless it says otherwise.
_LARGEST_ARRAY: Final = 1000


def _pairs(given: object) -> object:
    """A mapping as what cannot be changed."""
    if isinstance(given, dict):
        return tuple(given.items())
    if isinstance(given, tuple):
        return given
    raise ValueError("expected a mapping such as {account: mine}")


_SbatchOptions = Annotated[
    tuple[tuple[str, str | int], ...], BeforeValidator(_pairs), PlainSerializer(dict)
]


@final
class Submitit(Executor):
    """Submits the jobs to SLURM, and waits for them; `.submitit` in the run folder has their logs.

    A job that is out of time or preempted queues up again, and goes on where it stopped. All
    machines of the cluster need the same packages, and the same run folder and cache.
    """

    name = "submitit"
    # A machine without SLURM can try no other.
    conformance = Conformance(examples=({"cluster": "local"},))

    class Config(PluginConfig):
        """What is asked of the cluster beside the cores and GPUs of each job."""

        cluster: Literal["slurm", "local"] = Field(
            "slurm", description="slurm, or local: this machine, to try out what is submitted"
        )
        timeout_minutes: int = Field(
            1440, ge=1, description="how long a job may take before it queues up again"
        )
        requeues: int = Field(
            10, ge=0, description="how many times a job that is out of time queues up again"
        )
        max_running: int | None = Field(
            None,
            ge=1,
            description="jobs at a time; null: all, or with local as many as there are cores for",
        )
        partition: str | None = Field(None, description="partition; null: the cluster's default")
        memory_gb: float | None = Field(
            None, gt=0, description="memory of each job; null: the cluster's default"
        )
        sbatch: _SbatchOptions = Field(
            (), description="further options of sbatch: {account: mine, qos: high}"
        )

        @model_validator(mode="after")
        def _nothing_is_without_effect(self) -> "Submitit.Config":
            idle = [name for name in ("partition", "memory_gb", "sbatch") if getattr(self, name)]
            if self.cluster == "local" and idle:
                raise ValueError(
                    f"{', '.join(idle)} would do nothing with cluster: local; leave it out, or "
                    "say cluster: slurm"
                )
            return self

    def __init__(self, config: Config, context: ExecutorContext) -> None:
        """Nothing is submitted yet.

        Raises:
            SpecError: the package or SLURM is missing, or a job asks for GPUs that it cannot get.
        """
        self._submitit = import_extra("submitit", extra="slurm")
        self._config = config
        self._context = context
        is_local = config.cluster == "local"
        if not is_local:
            _check_slurm()
        _check_gpus(context.gpus_per_job, is_local=is_local)
        fitting = max(1, context.num_cores // (context.cpus_per_job or 1))
        self._most_running = config.max_running or (fitting if is_local else sys.maxsize)

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """Each job's place and outcome, as they are finished.

        Raises:
            SpecError: SLURM refuses the jobs.
            TrainingError: a job's process dies again and again.
        """
        if not jobs:
            return
        task = Task.of(run, num_threads=None if self._context.cpus_per_job else 1)
        waiting = list(range(len(jobs)))
        running: dict[int, Any] = {}
        num_tries: Counter[int] = Counter()
        queue = self._queue()
        try:
            while waiting or running:
                room = min(self._most_running - len(running), _LARGEST_ARRAY)
                places, waiting = waiting[:room], waiting[room:]
                # Else Ctrl-C could leave jobs that are submitted, and not known here yet.
                with interrupts_held_back():
                    handles = queue.submit(task, [jobs[place] for place in places])
                    running.update(zip(places, handles, strict=True))
                num_tries.update(places)
                for place in [place for place in running if running[place].done()]:
                    handle = running.pop(place)
                    if not queue.is_dead(handle):
                        yield place, opened(queue.returned(handle))
                    elif num_tries[place] < _MOST_TRIES:
                        # SLURM itself may have put it back in the queue, for a broken machine.
                        queue.cancel([handle])
                        waiting.append(place)
                    else:
                        raise _deaths(handle.paths.stderr)
                time.sleep(_POLL_SECONDS)
        finally:
            queue.close(list(running.values()))

    def _queue(self) -> SubmititQueue:
        config, context = self._config, self._context
        num_cpus = context.cpus_per_job or 1
        asked: dict[str, Any] = {
            "timeout_min": config.timeout_minutes,
            "cpus_per_task": num_cpus,
            # Since SLURM 22.05 a job's step does not take this over from the job.
            "slurm_srun_args": [f"--cpus-per-task={num_cpus}"],
            "gpus_per_node": int(context.gpus_per_job) or None,
            "mem_gb": config.memory_gb,
            "slurm_job_name": "seqreason",
            "slurm_partition": config.partition,
            "slurm_array_parallelism": _LARGEST_ARRAY,
            "slurm_additional_parameters": dict(config.sbatch),
        }
        return SubmititQueue(
            self._submitit,
            config.cluster,
            logs=context.folder / ".submitit",
            requeues=config.requeues,
            parameters=asked,
        )


def _check_slurm() -> None:
    missing = [name for name in ("sbatch", "srun", "sacct") if shutil.which(name) is None]
    if missing:
        raise SpecError(
            f"there is no {', no '.join(missing)} on this machine: run on one that submits jobs to "
            "the SLURM cluster, or say cluster: local"
        )


def _check_gpus(gpus_per_job: float, *, is_local: bool) -> None:
    if gpus_per_job % 1:
        raise SpecError(
            f"{gpus_per_job} GPUs a job: SLURM gives out whole GPUs; ask for a whole number, or "
            "share GPUs with the executor ray"
        )
    if gpus_per_job and is_local:
        raise SpecError(
            f"{gpus_per_job:g} GPUs a job: with cluster: local every job would get the same ones; "
            "ask for none, or give them out with the executor ray"
        )


def _deaths(log: Path) -> TrainingError:
    return TrainingError(
        f"executor submitit: a job's process died {_MOST_TRIES} times; its log is {log}. The usual "
        "cause is that memory runs out: on SLURM ask for more, --executor '{kind: submitit, "
        "memory_gb: 32}'. The same command run again goes on where this run stopped."
    )
