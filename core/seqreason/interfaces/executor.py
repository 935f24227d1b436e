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
    """What an executor knows about the machine and the run.

    Attributes:
        num_cores: the number of processor cores of this machine.
        cpus_per_job, gpus_per_job: what each job asks for; None: jobs share the cores evenly.
        folder: the folder of the run, for example for logs of jobs on other machines.
    """

    num_cores: int
    cpus_per_job: int | None
    gpus_per_job: float
    folder: Path


class Executor(Plugin):
    """Runs jobs that do not depend on each other."""

    @abstractmethod
    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """The index of each job in *jobs* and the result of *run* for it, as jobs finish.

        *run*, the jobs and the results can be pickled. A process that runs them only has to import
        seqreason. *run* does not raise when a job fails: its result holds the failure. So an
        exception from *run* (a full disk, Ctrl-C) ends the whole run; do not catch it. Run a job
        again if its worker died: it continues where it stopped.

        If jobs ask for a number of cores, *run* limits its own threads. Otherwise the executor sets
        the number of torch's threads for each job.
        """
