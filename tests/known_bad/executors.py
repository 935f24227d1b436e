"""An executor that keeps every law, and for each law at least one that breaks only it."""

import os
import pickle
import subprocess
import warnings
from pathlib import Path
from typing import ClassVar

import seqreason
from seqreason.errors import SeqreasonError


def run_in_a_child(run, job):
    """The outcome of a job in a process of its own, pickled; empty if the process dies."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Since Python 3.12, fork warns if the parent has other threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.write(writing, pickle.dumps((False, run(job))))
        except SeqreasonError as error:
            os.write(writing, pickle.dumps((True, error)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        outcome = file.read()
    os.waitpid(child, 0)
    return outcome


class FineExecutor(seqreason.Executor):
    """One job at a time, each in a process of its own, and in a new one if that dies."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.context = context

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            yield place, self.outcome(run, job)

    def outcome(self, run, job):
        has_raised, outcome = pickle.loads(self.pickled_outcome(run, job))
        if has_raised:
            raise outcome
        return outcome

    def pickled_outcome(self, run, job):
        return run_in_a_child(run, job) or run_in_a_child(run, job)


class UnmakeableExecutor(FineExecutor):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("cores")


class RunsTwice(FineExecutor):
    breaks = "job-coverage"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            self.outcome(run, job)
            yield place, self.outcome(run, job)


class Misplaces(FineExecutor):
    breaks = "job-coverage"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            yield (place + 1) % len(jobs), self.outcome(run, job)


class NeedsAJob(FineExecutor):
    breaks = "empty-jobs"

    def execute(self, run, jobs):
        first = jobs[0]
        yield 0, self.outcome(run, first)
        for place, job in enumerate(jobs[1:], start=1):
            yield place, self.outcome(run, job)


class HidesFailures(FineExecutor):
    breaks = "failure-return"

    def execute(self, run, jobs):
        for place, outcome in super().execute(run, jobs):
            if not isinstance(outcome, Exception):
                yield place, outcome


class SwallowsErrors(FineExecutor):
    breaks = "error-propagation"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            try:
                yield place, self.outcome(run, job)
            except SeqreasonError:
                continue


class WrapsErrors(FineExecutor):
    breaks = "error-propagation"

    def outcome(self, run, job):
        try:
            return super().outcome(run, job)
        except SeqreasonError as error:
            raise RuntimeError("a job failed") from error


class LeavesAProcess(FineExecutor):
    breaks = "process-cleanup"

    workers: ClassVar = []

    def execute(self, run, jobs):
        worker = subprocess.Popen(["sleep", "5"])
        self.workers.append(worker)
        yield from super().execute(run, jobs)
        worker.kill()
        worker.wait()


class LeavesAnOrphan(FineExecutor):
    breaks = "process-cleanup"

    def execute(self, run, jobs):
        with subprocess.Popen(["sh", "-c", "sleep 3 & sleep 3"]) as parent:
            try:
                yield from super().execute(run, jobs)
            finally:
                parent.kill()


class LosesWithAProcess(FineExecutor):
    breaks = "job-retry"

    def pickled_outcome(self, run, job):
        return run_in_a_child(run, job)


class LogsInTheWorkingDirectory(FineExecutor):
    breaks = "write-confinement"

    def execute(self, run, jobs):
        Path("executor.log").write_text("begun")
        yield from super().execute(run, jobs)


class LogsBesideTheRuns(FineExecutor):
    breaks = "write-confinement"

    def execute(self, run, jobs):
        (self.context.folder.parent / "executor.log").write_text("begun")
        yield from super().execute(run, jobs)


@seqreason.hookimpl
def seqreason_executors():
    return [FineExecutor, *FineExecutor.__subclasses__()]
