"""The laws of executors, tried on small jobs that leave a trace whenever they run."""

import os
from collections.abc import Generator, Iterator
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final

from hypothesis import strategies as st
from pydantic import Field

from seqreason.errors import SpecError, StoreError
from seqreason.interfaces import Executor, ExecutorContext
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.process.children import descendants, left_of
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "job-coverage")


@final
class ExecutorCase(Case):
    """The number of jobs, on a machine with two cores."""

    num_jobs: int = Field(3, ge=0, description="jobs")


def squared(folder: str, job: int) -> int:
    """The square of the job; the job's file in *folder* grows by a byte."""
    with (Path(folder) / f"job-{job}").open("a") as file:
        file.write(".")
    return job**2


def failed(job: int) -> Exception | None:
    """An outcome that represents a failure for an odd job; None for an even one."""
    return ValueError(f"job {job}") if job % 2 else None


def dead_once(marker: str, spared: int, job: int) -> int:
    """The square of the job; the first call ends its process, unless that is *spared*."""
    if os.getpid() != spared and not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return job**2


def full_disk(job: int) -> int:
    """Fail as a run does that cannot continue.

    Raises:
        StoreError: always.
    """
    raise StoreError(f"no space left for job {job}")


def construction(subject: Subject, case: ExecutorCase) -> None:
    """It can be made for a machine and a run folder, or refuses with a reason."""
    with TemporaryDirectory() as folder:
        subject.make(case.settings, _context(Path(folder)))


def job_coverage(subject: Subject, case: ExecutorCase) -> None:
    """Every job runs once, and its outcome comes with its place, in any order."""
    with _executor(subject, case) as (executor, folder):
        traces = folder / "traces"
        traces.mkdir()
        jobs = list(range(10, 10 + case.num_jobs))
        outcomes = sorted(executor.execute(partial(squared, str(traces)), jobs))
        expected = [(place, job**2) for place, job in enumerate(jobs)]
        demand(outcomes == expected, f"jobs {jobs} must give {expected}, got {outcomes}")
        runs = {path.name: path.stat().st_size for path in sorted(traces.iterdir())}
        repeated = {name: times for name, times in runs.items() if times != 1}
        demand(not repeated, f"each job must run once, but these ran more often: {repeated}")


def empty_jobs(subject: Subject, case: ExecutorCase) -> None:
    """An empty list of jobs gives no outcomes."""
    with _executor(subject, case) as (executor, folder):
        outcomes = list(executor.execute(partial(squared, str(folder)), []))
        demand(not outcomes, f"no jobs must give no outcomes, got {outcomes}")


def failure_return(subject: Subject, case: ExecutorCase) -> None:
    """An outcome that represents a failure comes back like any other, with its place."""
    with _executor(subject, case) as (executor, _):
        jobs = list(range(max(case.num_jobs, 2)))
        outcomes = {place: repr(outcome) for place, outcome in executor.execute(failed, jobs)}
        expected = {place: repr(failed(job)) for place, job in enumerate(jobs)}
        demand(outcomes == expected, f"the outcomes must be {expected}, got {outcomes}")


def error_propagation(subject: Subject, case: ExecutorCase) -> None:
    """An error that `run` raises, such as a full disk, ends the execution unchanged."""
    with _executor(subject, case) as (executor, _):
        try:
            outcomes = list(executor.execute(full_disk, [1, 2]))
        except StoreError as error:
            demand("no space left" in str(error), f"the message of the error is lost: {error}")
            return
        raise BrokenLawError(f"a job raised StoreError, but execute() continued: {outcomes}")


def process_cleanup(subject: Subject, case: ExecutorCase) -> None:
    """If it is stopped after its first outcome, it ends the processes that it started."""
    with _executor(subject, case) as (executor, folder):
        before = descendants()
        outcomes = executor.execute(partial(squared, str(folder)), [1, 2, 3])
        if not isinstance(outcomes, Generator):
            raise BrokenLawError("execute() must be a generator, to be stoppable: use yield")
        next(outcomes)
        # A process whose parent has ended is no longer a descendant of this one.
        started = descendants()
        outcomes.close()
        left = left_of((started | descendants()) - before)
        demand(not left, f"processes left after it was stopped: {len(left)}; end them in `finally`")


def job_retry(subject: Subject, case: ExecutorCase) -> None:
    """If a process dies, its job runs again and no other job is lost."""
    with _executor(subject, case) as (executor, folder):
        marker = folder / "died"
        outcomes = sorted(executor.execute(partial(dead_once, str(marker), os.getpid()), [1, 2, 3]))
        if not marker.exists():
            raise NotApplicableError("it runs jobs in this process, which would end too")
        expected = [(0, 1), (1, 4), (2, 9)]
        demand(outcomes == expected, f"after a process died: expected {expected}, got {outcomes}")


def write_confinement(subject: Subject, case: ExecutorCase) -> None:
    """It writes only into the run folder."""
    with _executor(subject, case) as (executor, folder):
        list(executor.execute(partial(squared, str(folder)), [1]))
        written = [f"{path.name} (in the working directory)" for path in Path.cwd().iterdir()]
        written += [path.name for path in folder.parent.iterdir() if path != folder]
        demand(not written, f"outside the run folder it wrote {', '.join(sorted(written))}")


@contextmanager
def _executor(subject: Subject, case: ExecutorCase) -> Iterator[tuple[Executor, Path]]:
    """The executor and its run folder; the working directory is empty."""
    with TemporaryDirectory() as parent, TemporaryDirectory() as elsewhere, chdir(elsewhere):
        folder = Path(parent).resolve() / "runs"
        folder.mkdir()
        try:
            yield subject.make(case.settings, _context(folder)), folder
        except SpecError as refusal:
            # Some executors look for their package or cluster only when they get jobs.
            raise NotApplicableError(str(refusal)) from refusal


def _context(folder: Path) -> ExecutorContext:
    return ExecutorContext(num_cores=2, cpus_per_job=None, gpus_per_job=0.0, folder=folder)


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
    {"num_jobs": st.just(3)},
    (
        Law.of(construction),
        # Workers are slow to start, and other numbers of jobs test nothing more.
        Law.of(job_coverage, needs=_FOUNDATION[:1], tries_many=False),
        *(Law.of(check, needs=_FOUNDATION, tries_many=False) for check in _OTHERS),
    ),
)
