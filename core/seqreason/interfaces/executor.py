"""Executors: where and in which order the cells of a run are computed."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, final

from seqreason.interfaces.plugin import Plugin

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


@final
@dataclass(frozen=True)
class ExecutorContext:
    """What an executor may build on: how many processor cores it may use."""

    num_cores: int


class Executor(Plugin):
    """Runs jobs that do not depend on one another."""

    @abstractmethod
    def execute(
        self, run: Callable[[Job], Outcome], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Outcome]]:
        """Each job's place in *jobs* with what *run* returned for it, as they are finished.

        *run* does not raise for a job that fails: the failure is in what it returns. So what
        it does raise (Ctrl-C, an error of the machine) ends the whole run and goes through.
        """
