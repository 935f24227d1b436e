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

from seqreason.errors import StoreError
from seqreason.interfaces import Executor, ExecutorContext
from seqreason.testing.case import Case
from seqreason.testing.law import BrokenLawError, KindLaws, Law, NotApplicableError, demand
from seqreason.testing.subject import Subject, can_be_made

_FOUNDATION: Final = ("is-made-or-refuses", "computes-every-job-once")
_LINUX_CHILDREN: Final = "/proc/self/task/{}/children"


@final
class ExecutorCase(Case):
    """Some jobs on a machine of two cores."""

    num_jobs: int = Field(5, ge=0, description="jobs")


def squared(folder: str, job: int) -> int:
    """The job's square; a file of the job's name in *folder* grows by a byte."""
    with (Path(folder) / f"job-{job}").open("a") as file:
        file.write(".")
    return job**2


def failed(job: int) -> Exception | None:
    """What stands for a failure, as an outcome like any other; None for an even job."""
    return ValueError(f"job {job}") if job % 2 else None


def full_disk(job: int) -> int:
    """Nothing: it raises, as a run does that cannot go on.

    Raises:
        StoreError: always.
    """
    raise StoreError(f"no space left for job {job}")


def is_made_or_refuses(subject: Subject, case: ExecutorCase) -> None:
    """It is made with the cores of the machine and a run folder, or refuses with a reason."""
    with TemporaryDirectory() as folder:
        can_be_made(subject, case.settings, _context(Path(folder)))


def computes_every_job_once(subject: Subject, case: ExecutorCase) -> None:
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


def does_nothing_without_jobs(subject: Subject, case: ExecutorCase) -> None:
    """No jobs have no outcomes."""
    with _executor(subject, case) as (executor, folder):
        came = list(executor.execute(partial(squared, str(folder)), []))
        demand(not came, f"without jobs it gave {came}")


def hands_failures_back(subject: Subject, case: ExecutorCase) -> None:
    """An outcome that stands for a failure comes back like any other, with its place."""
    with _executor(subject, case) as (executor, _):
        jobs = list(range(max(case.num_jobs, 2)))
        came = {place: str(outcome) for place, outcome in executor.execute(failed, jobs)}
        wanted = {place: str(failed(job)) for place, job in enumerate(jobs)}
        demand(came == wanted, f"of the outcomes {wanted} there came {came}")


def lets_errors_through(subject: Subject, case: ExecutorCase) -> None:
    """What cannot go on, such as a full disk, ends the run with the error that was raised."""
    with _executor(subject, case) as (executor, _):
        try:
            came = list(executor.execute(full_disk, [1, 2]))
        except StoreError:
            return
        raise BrokenLawError(f"a job raised StoreError, and the execution went on and gave {came}")


def leaves_no_process_behind(subject: Subject, case: ExecutorCase) -> None:
    """Stopped after its first outcome, it ends the processes that it started."""
    with _executor(subject, case) as (executor, folder):
        before = _children()
        outcomes = executor.execute(partial(squared, str(folder)), [1, 2, 3])
        if not isinstance(outcomes, Generator):
            raise BrokenLawError("execute() must be a generator, so that it can be stopped")
        next(outcomes)
        outcomes.close()
        left = _children() - before
        demand(not left, f"{len(left)} processes are left after it was stopped")


def stays_in_its_folder(subject: Subject, case: ExecutorCase) -> None:
    """It writes nowhere but into the run folder."""
    with _executor(subject, case) as (executor, folder):
        list(executor.execute(partial(squared, str(folder)), [1]))
        written = sorted(path.name for path in Path.cwd().iterdir())
        demand(not written, f"it wrote {', '.join(written)} into the working directory")


@contextmanager
def _executor(subject: Subject, case: ExecutorCase) -> Iterator[tuple[Executor, Path]]:
    """The executor with its run folder, in an empty working directory."""
    with TemporaryDirectory() as run_folder, TemporaryDirectory() as elsewhere, chdir(elsewhere):
        folder = Path(run_folder)
        yield subject.make(case.settings, _context(folder)), folder


def _context(folder: Path) -> ExecutorContext:
    return ExecutorContext(num_cores=2, cpus_per_job=None, gpus_per_job=0.0, folder=folder)


def _children() -> set[str]:
    """The processes that this one has started and that are there yet.

    Raises:
        NotApplicableError: this system does not tell.
    """
    try:
        told = Path(_LINUX_CHILDREN.format(os.getpid())).read_text()
    except OSError as error:
        raise NotApplicableError("this system does not list a process's children") from error
    return {child for child in told.split() if not _is_a_keeper(child)}


def _is_a_keeper(process: str) -> bool:
    """Whether it is Python's own, which is there once for all and ends with this process."""
    try:
        return "resource_tracker" in Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return True


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[ExecutorCase]:
    return st.builds(ExecutorCase, settings=settings, seed=st.just(0), num_jobs=st.just(5))


_OTHERS: Final = (
    does_nothing_without_jobs,
    hands_failures_back,
    lets_errors_through,
    leaves_no_process_behind,
    stays_in_its_folder,
)
EXECUTOR_LAWS: Final = KindLaws(
    "executor",
    ExecutorCase,
    _cases,
    (
        Law.of(is_made_or_refuses),
        # Starting workers takes long, and what is tried is not a matter of numbers.
        Law.of(computes_every_job_once, needs=_FOUNDATION[:1], tries_many=False),
        *(Law.of(check, needs=_FOUNDATION, tries_many=False) for check in _OTHERS),
    ),
)
