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
from seqreason_plugins.executors.task import Task, result_of

_MOST_TRIES: Final = 3
_POLL_SECONDS: Final = 0.25
# SLURM's default limit is 1001 jobs in one array.
_LARGEST_ARRAY: Final = 1000


def _pairs(given: object) -> object:
    """A mapping as a tuple of pairs, which cannot be changed."""
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
    """Submits the jobs to SLURM and waits for them; `.submitit` in the run folder has their logs.

    A job that is preempted or out of time joins the queue again, and resumes where it stopped.
    All machines of the cluster need the same packages, run folder and cache.
    """

    name = "submitit"
    # A machine without SLURM can only test this one.
    conformance = Conformance(examples=({"cluster": "local"},))

    class Config(PluginConfig):
        """What the jobs ask of the cluster, besides cores and GPUs."""

        cluster: Literal["slurm", "local"] = Field(
            "slurm", description="slurm; or local: this machine, to try the jobs out"
        )
        timeout_minutes: int = Field(
            1440, ge=1, description="time limit of a job, after which it joins the queue again"
        )
        requeues: int = Field(
            10, ge=0, description="how many times a job that is out of time joins the queue again"
        )
        max_running: int | None = Field(
            None,
            ge=1,
            description="jobs at a time; null: all, or with local as many as the cores allow",
        )
        partition: str | None = Field(None, description="partition; null: the cluster's default")
        memory_gb: float | None = Field(
            None, gt=0, description="memory of each job; null: the cluster's default"
        )
        sbatch: _SbatchOptions = Field(
            (), description="other options of sbatch: {account: mine, qos: high}"
        )

        @model_validator(mode="after")
        def _nothing_is_without_effect(self) -> "Submitit.Config":
            idle = [name for name in ("partition", "memory_gb", "sbatch") if getattr(self, name)]
            if self.cluster == "local" and idle:
                raise ValueError(
                    f"{', '.join(idle)} has no effect with cluster: local; leave it out, or set "
                    "cluster: slurm"
                )
            return self

    def __init__(self, config: Config, context: ExecutorContext) -> None:
        """Check the package, SLURM and the GPUs; `execute` submits.

        Raises:
            SpecError: the package or SLURM is missing, or cannot give a job its GPUs.
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
        """The place and the result of each job, as the jobs finish.

        Raises:
            SpecError: SLURM refuses the jobs.
            TrainingError: the process of a job keeps dying.
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
                # Otherwise Ctrl-C could leave submitted jobs that are not yet in `running`.
                with interrupts_held_back():
                    handles = queue.submit(task, [jobs[place] for place in places])
                    running.update(zip(places, handles, strict=True))
                num_tries.update(places)
                for place in [place for place in running if running[place].done()]:
                    handle = running.pop(place)
                    if not queue.is_dead(handle):
                        yield place, result_of(queue.returned(handle))
                    elif num_tries[place] < _MOST_TRIES:
                        # After a machine broke, SLURM itself may have queued the job again.
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
            # Since SLURM 22.05, a step does not inherit this from its job.
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
            f"this machine has no {', no '.join(missing)}: run on one that submits jobs to the "
            "SLURM cluster, or set cluster: local"
        )


def _check_gpus(gpus_per_job: float, *, is_local: bool) -> None:
    if gpus_per_job % 1:
        raise SpecError(
            f"{gpus_per_job} GPUs per job: SLURM gives jobs whole GPUs; ask for a whole number, "
            "or share GPUs with the executor ray"
        )
    if gpus_per_job and is_local:
        raise SpecError(
            f"{gpus_per_job:g} GPUs per job: with cluster: local, every job would get the same "
            "ones; ask for none, or use the executor ray"
        )


def _deaths(log: Path) -> TrainingError:
    return TrainingError(
        f"executor submitit: the process of a job died {_MOST_TRIES} times; its log is {log}. The "
        "usual cause is too little memory: on SLURM ask for more, --executor '{kind: submitit, "
        "memory_gb: 32}'. Run the same command again to resume."
    )
