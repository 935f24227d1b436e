"""The laws of executors, tried on small jobs that leave a trace of each time they are run."""

import os
from collections.abc import Generator, Iterator
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import Field

from seqreason.errors import SpecError, StoreError
from seqreason.interfaces import Executor, ExecutorContext
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.process.children import descendants, left_of
from seqreason.testing.subject import Subject, can_be_made

_FOUNDATION: Final = ("construction", "job-coverage")


@final
class ExecutorCase(Case):
    """Some jobs on a machine of two cores."""

    num_jobs: int = Field(3, ge=0, description="jobs")


def squared(folder: str, job: int) -> int:
    """The job's square; a file of the job's name in *folder* grows by a byte."""
    with (Path(folder) / f"job-{job}").open("a") as file:
        file.write(".")
    return job**2


def failed(job: int) -> Exception | None:
    """What stands for a failure, as an outcome like any other; None for an even job."""
    return ValueError(f"job {job}") if job % 2 else None


def dead_once(marker: str, spared: int, job: int) -> int:
    """The job's square; the first time it takes its process with it, unless that is *spared*."""
    if os.getpid() != spared and not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return job**2


def full_disk(job: int) -> int:
    """Nothing: it raises, as a run does that cannot go on.

    Raises:
        StoreError: always.
    """
    raise StoreError(f"no space left for job {job}")


def construction(subject: Subject, case: ExecutorCase) -> None:
    """It is made with the cores of the machine and a run folder, or refuses with a reason."""
    with TemporaryDirectory() as folder:
        can_be_made(subject, case.settings, _context(Path(folder)))


def job_coverage(subject: Subject, case: ExecutorCase) -> None:
    """Every job is run once, and its outcome comes with its own place, in whatever order."""
    with _executor(subject, case) as (executor, folder):
        traces = folder / "traces"
        traces.mkdir()
        jobs = list(range(10, 10 + case.num_jobs))
        came = sorted(executor.execute(partial(squared, str(traces)), jobs))
        wanted = [(place, job**2) for place, job in enumerate(jobs)]
        demand(came == wanted, f"for the jobs {jobs} it gave {came}, not {wanted}")
        runs = {path.name: path.stat().st_size for path in sorted(traces.iterdir())}
        often = {name: times for name, times in runs.items() if times != 1}
        demand(not often, f"jobs were run more than once: {often}")


def empty_jobs(subject: Subject, case: ExecutorCase) -> None:
    """No jobs have no outcomes."""
    with _executor(subject, case) as (executor, folder):
        came = list(executor.execute(partial(squared, str(folder)), []))
        demand(not came, f"without jobs it gave {came}")


def failure_return(subject: Subject, case: ExecutorCase) -> None:
    """An outcome that stands for a failure comes back like any other, with its place."""
    with _executor(subject, case) as (executor, _):
        jobs = list(range(max(case.num_jobs, 2)))
        came = {place: repr(outcome) for place, outcome in executor.execute(failed, jobs)}
        wanted = {place: repr(failed(job)) for place, job in enumerate(jobs)}
        demand(came == wanted, f"of the outcomes {wanted} there came {came}")


def error_propagation(subject: Subject, case: ExecutorCase) -> None:
    """What cannot go on, such as a full disk, ends the run with the error that was raised."""
    with _executor(subject, case) as (executor, _):
        try:
            came = list(executor.execute(full_disk, [1, 2]))
        except StoreError as error:
            demand("no space left" in str(error), f"the error's words are lost: {error}")
            return
        raise BrokenLawError(f"a job raised StoreError, and the execution went on and gave {came}")


def process_cleanup(subject: Subject, case: ExecutorCase) -> None:
    """Stopped after its first outcome, it ends the processes that it started."""
    with _executor(subject, case) as (executor, folder):
        before = descendants()
        outcomes = executor.execute(partial(squared, str(folder)), [1, 2, 3])
        if not isinstance(outcomes, Generator):
            raise BrokenLawError("execute() must be a generator, so that it can be stopped")
        next(outcomes)
        # A process whose parent ends is nobody's descendant any more.
        started = descendants()
        outcomes.close()
        left = left_of((started | descendants()) - before)
        demand(not left, f"after it was stopped, so many processes are left: {len(left)}")


def job_retry(subject: Subject, case: ExecutorCase) -> None:
    """A job whose process dies is run again, and the others are not lost with it."""
    with _executor(subject, case) as (executor, folder):
        marker = folder / "died"
        came = sorted(executor.execute(partial(dead_once, str(marker), os.getpid()), [1, 2, 3]))
        if not marker.exists():
            raise NotApplicableError("it runs jobs in this process, which would die with them")
        wanted = [(0, 1), (1, 4), (2, 9)]
        demand(came == wanted, f"after the death of a process it gave {came}, not {wanted}")


def write_confinement(subject: Subject, case: ExecutorCase) -> None:
    """It writes nowhere but into the run folder."""
    with _executor(subject, case) as (executor, folder):
        list(executor.execute(partial(squared, str(folder)), [1]))
        written = [f"{path.name} (in the working directory)" for path in Path.cwd().iterdir()]
        written += [path.name for path in folder.parent.iterdir() if path != folder]
        demand(not written, f"beside the run folder it wrote {', '.join(sorted(written))}")


@contextmanager
def _executor(subject: Subject, case: ExecutorCase) -> Iterator[tuple[Executor, Path]]:
    """The executor with its run folder, in an empty working directory."""
    with TemporaryDirectory() as parent, TemporaryDirectory() as elsewhere, chdir(elsewhere):
        folder = Path(parent).resolve() / "runs"
        folder.mkdir()
        try:
            yield subject.make(case.settings, _context(folder)), folder
        except SpecError as refusal:
            # One that looks for its package or cluster only once there are jobs.
            raise NotApplicableError(str(refusal)) from refusal


def _context(folder: Path) -> ExecutorContext:
    return ExecutorContext(num_cores=2, cpus_per_job=None, gpus_per_job=0.0, folder=folder)


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[ExecutorCase]:
    return st.builds(ExecutorCase, settings=settings, seed=st.just(0), num_jobs=st.just(3))


_OTHERS: Final = (
    empty_jobs,
    failure_return,
    error_propagation,
    process_cleanup,
    job_retry,
    write_confinement,
)
EXECUTOR_LAWS: Final = KindLaws(
    "executor",
    ExecutorCase,
    _cases,
    (
        Law.of(construction),
        # Starting workers takes long, and what is tried is not a matter of numbers.
        Law.of(job_coverage, needs=_FOUNDATION[:1], tries_many=False),
        *(Law.of(check, needs=_FOUNDATION, tries_many=False) for check in _OTHERS),
    ),
)
