"""One cell after the other, in this process."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, final

from seqreason.interfaces import Executor, ExecutorContext, PluginConfig

Job = TypeVar("Job")
JobResult = TypeVar("JobResult")


@final
class Sequential(Executor):
    """Runs the jobs in their order, each on all cores."""

    name = "sequential"
    is_default = True

    def __init__(self, config: PluginConfig, context: ExecutorContext) -> None:
        pass

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """Each job's place and outcome, in order."""
        for place, job in enumerate(jobs):
            yield place, run(job)
