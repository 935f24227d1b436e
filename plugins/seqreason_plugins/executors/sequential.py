"""One cell after another, in this process."""

from collections.abc import Callable, Iterator, Sequence
from typing import final

from seqreason import Executor, ExecutorContext, PluginConfig
from seqreason.interfaces.executor import Job, JobResult


@final
class Sequential(Executor):
    """Runs the jobs in order, each on all cores."""

    name = "sequential"

    def __init__(self, config: PluginConfig, context: ExecutorContext) -> None:
        pass

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """The place and the result of each job, in order."""
        for place, job in enumerate(jobs):
            yield place, run(job)
