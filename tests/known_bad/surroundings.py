"""An executor and a tracker that keep every law, and for each law one that breaks it alone."""

import math
import subprocess
from pathlib import Path
from typing import ClassVar

import seqreason
from seqreason.errors import SeqreasonError


class FineExecutor(seqreason.Executor):
    """One job after the other."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.context = context

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            yield place, run(job)


class UnmakeableExecutor(FineExecutor):
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("cores")


class RunsTwice(FineExecutor):
    breaks = "computes-every-job-once"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            run(job)
            yield place, run(job)


class Misplaces(FineExecutor):
    breaks = "computes-every-job-once"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            yield len(jobs) - 1 - place, run(job)


class NeedsAJob(FineExecutor):
    breaks = "does-nothing-without-jobs"

    def execute(self, run, jobs):
        first = jobs[0]
        yield 0, run(first)
        for place, job in enumerate(jobs[1:], start=1):
            yield place, run(job)


class HidesFailures(FineExecutor):
    breaks = "hands-failures-back"

    def execute(self, run, jobs):
        for place, outcome in super().execute(run, jobs):
            if not isinstance(outcome, Exception):
                yield place, outcome


class SwallowsErrors(FineExecutor):
    breaks = "lets-errors-through"

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            try:
                yield place, run(job)
            except SeqreasonError:
                continue


class LeavesAProcess(FineExecutor):
    breaks = "leaves-no-process-behind"

    workers: ClassVar = []

    def execute(self, run, jobs):
        worker = subprocess.Popen(["sleep", "5"])
        self.workers.append(worker)
        yield from super().execute(run, jobs)
        worker.kill()
        worker.wait()


class LogsWhereItStands(FineExecutor):
    breaks = "stays-in-its-folder"

    def execute(self, run, jobs):
        Path("executor.log").write_text("begun")
        yield from super().execute(run, jobs)


class FineTracker(seqreason.Tracker):
    """A line a metric."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.file = (context.cell_folder / "metrics.txt").open("a")

    def measured(self, step, metrics):
        self.file.writelines(f"{step} {name} {value}\n" for name, value in metrics.items())

    def close(self):
        self.file.close()


class UnmakeableTracker(FineTracker):
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("folder")


class KnowsLossAlone(FineTracker):
    breaks = "takes-what-is-measured"

    def measured(self, step, metrics):
        super().measured(step, {"loss": metrics["loss"]})


class NeedsAStep(FineTracker):
    breaks = "closes-without-measurements"

    def measured(self, step, metrics):
        self.last = step
        super().measured(step, metrics)

    def close(self):
        self.file.close()
        self.ended = f"after step {self.last}"


class CountsInWhole(FineTracker):
    breaks = "takes-any-number"

    def measured(self, step, metrics):
        super().measured(step, {name: math.floor(1000 * metrics[name]) for name in metrics})


class WantsANewFile(FineTracker):
    breaks = "takes-a-step-again"

    def __init__(self, config, context):
        self.file = (context.cell_folder / "metrics.txt").open("x")


class Forgets(FineTracker):
    breaks = "keeps-what-it-is-told"

    def measured(self, step, metrics):
        pass


class Shares(FineTracker):
    breaks = "keeps-cells-apart"
    last_file = None

    def __init__(self, config, context):
        super().__init__(config, context)
        type(self).last_file = self.file

    def measured(self, step, metrics):
        super().measured(step, metrics)
        self.last_file.write(f"{step}\n")
        self.last_file.flush()


class WritesBeside(FineTracker):
    breaks = "stays-in-its-folder"

    def __init__(self, config, context):
        super().__init__(config, context)
        (context.cell_folder.parent / "all.txt").write_text(context.cell)


@seqreason.hookimpl
def seqreason_executors():
    return [FineExecutor, *FineExecutor.__subclasses__()]


@seqreason.hookimpl
def seqreason_trackers():
    return [FineTracker, *FineTracker.__subclasses__()]
