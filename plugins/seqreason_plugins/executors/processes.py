"""Several cells at a time on this machine, each in a process of its own."""

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
from seqreason_plugins.executors.task import Task, opened

_MOST_BREAKS: Final = 3


@final
class Processes(Executor):
    """Runs several jobs at a time on this machine, each in a process of its own.

    No worker outlives the run, however it ends: see `_workers`.
    """

    name = "processes"

    class Config(PluginConfig):
        """How many workers there are."""

        workers: int | None = Field(
            None, ge=1, description="cells at a time; null: as many as there are cores for"
        )

    def __init__(self, config: Config, context: ExecutorContext) -> None:
        fitting = context.num_cores // (context.cpus_per_job or 1)
        self._most_workers = config.workers or max(1, fitting)
        self._context = context

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """Each job's place and outcome, as they are finished.

        Raises:
            TrainingError: workers die again and again before they finish anything.
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
                    # One worker's death breaks the pool and takes the others with it.
                    if not isinstance(future.exception(), BrokenProcessPool):
                        num_breaks = 0
                        del left[places[future]]
                        yield places[future], opened(future.result())
            num_breaks += 1

    def _num_threads(self, num_jobs: int) -> int | None:
        """How many threads a worker's torch gets; None: the job asks for cores itself."""
        if self._context.cpus_per_job is not None:
            return None
        num_workers = max(1, min(self._most_workers, num_jobs))
        return max(1, self._context.num_cores // num_workers)


@contextmanager
def _workers(number: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes, which end with the block, and with this process at the latest.

    Each holds one end of a line, and this process alone the other. When that is let go of, be it
    closed below or by the death of this process, a worker ends at once, whatever it is doing.
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
    """Begin the life of a worker, which hangs on *line*; Ctrl-C is its parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with suppress(EOFError):
        line.recv_bytes()
    os._exit(1)


def _submit(
    pool: ProcessPoolExecutor, task: Task, jobs: Mapping[int, Any]
) -> dict[Future[Any], int]:
    """The futures of the jobs, with their places; without those that a broken pool refuses."""
    places: dict[Future[Any], int] = {}
    # A worker that hears Ctrl-C before it can ignore it would print a traceback.
    with interrupts_held_back(), suppress(BrokenProcessPool):
        for place, job in jobs.items():
            places[pool.submit(task, pickle.dumps(job))] = place
    return places


def _worker_deaths(num_left: int) -> TrainingError:
    return TrainingError(
        f"executor processes: the worker processes keep dying, {_MOST_BREAKS} times in a row by "
        f"now, and {num_left} jobs are unfinished. The usual cause is that memory runs out: use "
        "fewer workers, --executor '{kind: processes, workers: 1}'. The same command run again "
        "goes on where this run stopped."
    )
