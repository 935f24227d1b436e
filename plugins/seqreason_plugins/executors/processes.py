"""Several cells at a time on this machine, each in its own process."""

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any, Final, final

from pydantic import Field

from seqreason import Executor, ExecutorContext, PluginConfig, TrainingError
from seqreason.interfaces.executor import Job, JobResult
from seqreason_plugins.executors.interrupts import interrupts_held_back
from seqreason_plugins.executors.task import Task, result_of

_MOST_BREAKS: Final = 3


@final
class Processes(Executor):
    """Runs several jobs at a time on this machine, each in its own process.

    No worker outlives the run, however the run ends.
    """

    name = "processes"

    class Config(PluginConfig):
        """Settings of the worker processes."""

        workers: int | None = Field(
            None, ge=1, description="cells at a time; null: as many as the cores allow"
        )

    def __init__(self, config: Config, context: ExecutorContext) -> None:
        fitting = context.num_cores // (context.cpus_per_job or 1)
        self._most_workers = config.workers or max(1, fitting)
        self._context = context

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """The place and the result of each job, as the jobs finish.

        Raises:
            TrainingError: workers keep dying before they finish a job.
        """
        task = Task.of(run, num_threads=self._num_threads(len(jobs)))
        left = dict(enumerate(jobs))
        num_breaks = 0
        while left:
            if num_breaks == _MOST_BREAKS:
                raise _worker_deaths(len(left))
            with _workers(min(self._most_workers, len(left))) as pool:
                places = _submit(pool, task, left)
                for future in as_completed(places):
                    # The death of one worker breaks the pool and ends the others.
                    if not isinstance(future.exception(), BrokenProcessPool):
                        num_breaks = 0
                        del left[places[future]]
                        yield places[future], result_of(future.result())
            num_breaks += 1

    def _num_threads(self, num_jobs: int) -> int | None:
        """The number of torch threads of a worker; None: each job has its own setting."""
        if self._context.cpus_per_job is not None:
            return None
        num_workers = max(1, min(self._most_workers, num_jobs))
        return max(1, self._context.num_cores // num_workers)


@contextmanager
def _workers(number: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of *number* processes, which end with the block or when this process dies.

    Each worker holds one end of a pipe, and only this process holds the other. When that end
    closes, below or because this process dies, every worker exits at once.
    """
    spawn = get_context("spawn")
    line, held = spawn.Pipe(duplex=False)
    pool = ProcessPoolExecutor(number, spawn, initializer=_begin, initargs=(line,))
    try:
        yield pool
        pool.shutdown()
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        line.close()


def _begin(line: Connection) -> None:
    """Make a worker ignore Ctrl-C, and exit when *line* closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with suppress(EOFError):
        line.recv_bytes()
    os._exit(1)


def _submit(
    pool: ProcessPoolExecutor, task: Task, jobs: Mapping[int, Any]
) -> dict[Future[Any], int]:
    """The futures of the jobs with their places, without the jobs that a broken pool refuses."""
    places: dict[Future[Any], int] = {}
    # A worker that gets Ctrl-C before it ignores the signal would print a traceback.
    with interrupts_held_back(), suppress(BrokenProcessPool):
        for place, job in jobs.items():
            places[pool.submit(task, pickle.dumps(job))] = place
    return places


def _worker_deaths(num_left: int) -> TrainingError:
    return TrainingError(
        f"executor processes: the worker processes keep dying, {_MOST_BREAKS} times in a row, and "
        f"{num_left} jobs are unfinished. The usual cause is too little memory: use fewer "
        "workers, --executor '{kind: processes, workers: 1}'. Run the same command again to resume."
    )
