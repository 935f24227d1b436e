"""An executor that keeps every law, and for each law one that breaks it and nothing else."""

import os
import pickle
import subprocess
import warnings
from pathlib import Path
from typing import ClassVar

import seqreason
from seqreason.errors import SeqreasonError


def said_by_a_child(run, job):
    """What a process of its own says of a job, pickled: raised or not, and what. Or nothing."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # From Python 3.12 on it is warned of, for the sake of the parent's other threads.
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
        said = file.read()
    os.waitpid(child, 0)
    return said


class FineExecutor(seqreason.Executor):
    """One job after the other, each in a process of its own, and in a new one if that dies."""

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
        has_raised, outcome = pickle.loads(self.said(run, job))
        if has_raised:
            raise outcome
        return outcome

    def said(self, run, job):
        return said_by_a_child(run, job) or said_by_a_child(run, job)


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

    def said(self, run, job):
        return said_by_a_child(run, job)


class LogsWhereItStands(FineExecutor):
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
