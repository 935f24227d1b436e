"""Executors: where and in which order the cells of a run are computed."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, final

from seqreason.interfaces.plugin import Plugin

Job = TypeVar("Job")
JobResult = TypeVar("JobResult")


@final
@dataclass(frozen=True)
class ExecutorContext:
    """What an executor may build on.

    Attributes:
        num_cores: how many processor cores this machine has.
        cpus_per_job, gpus_per_job: what each job asks for; None: cores are shared out evenly.
        folder: the run folder, where logs of jobs that are computed elsewhere may be kept.
    """

    num_cores: int
    cpus_per_job: int | None
    gpus_per_job: float
    folder: Path


class Executor(Plugin):
    """Runs jobs that do not depend on one another."""

    @abstractmethod
    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """Each job's place in *jobs* with what *run* returned for it, as they are finished.

        *run*, the jobs and the outcomes can be pickled, and importing seqreason is all that a
        process needs to run them. *run* does not raise for a job that fails: the failure is in
        what it returns. So what it does raise (a full disk, Ctrl-C) ends the whole run and goes
        through. A job whose worker died is run again: it goes on where it stopped.

        Where the job asks for a number of cores, *run* sees to it itself; where it does not, the
        executor tells torch how many threads a job has.
        """
