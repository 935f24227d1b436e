"""A tracker that keeps every law, and for each law at least one that breaks only it."""

import math
from typing import ClassVar

import seqreason


class FineTracker(seqreason.Tracker):
    """Writes a line for each metric."""

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
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("folder")


class KnowsLossAlone(FineTracker):
    breaks = "metric-intake"

    def measured(self, step, metrics):
        super().measured(step, {"loss": metrics["loss"]})


class NeedsAStep(FineTracker):
    breaks = "empty-close"

    def measured(self, step, metrics):
        self.last = step
        super().measured(step, metrics)

    def close(self):
        self.file.close()
        self.ended = f"after step {self.last}"


class CountsInWhole(FineTracker):
    breaks = "non-finite-metrics"

    def measured(self, step, metrics):
        super().measured(step, {name: math.floor(1000 * metrics[name]) for name in metrics})


class WantsANewFile(FineTracker):
    breaks = "step-repetition"

    def __init__(self, config, context):
        self.file = (context.cell_folder / "metrics.txt").open("x")


class BeginsAnew(FineTracker):
    breaks = "step-repetition"

    def __init__(self, config, context):
        self.file = (context.cell_folder / "metrics.txt").open("w")


class Forgets(FineTracker):
    breaks = "metric-persistence"

    def measured(self, step, metrics):
        pass


class Shares(FineTracker):
    breaks = "cell-isolation"
    last_file = None

    def __init__(self, config, context):
        super().__init__(config, context)
        type(self).last_file = self.file

    def measured(self, step, metrics):
        super().measured(step, metrics)
        self.last_file.write(f"{step}\n")
        self.last_file.flush()


class SharesAtLast(FineTracker):
    breaks = "cell-isolation"
    lines: ClassVar = []

    def measured(self, step, metrics):
        self.lines += [f"{step} {name} {value}\n" for name, value in metrics.items()]

    def close(self):
        self.file.writelines(self.lines)
        super().close()


class WritesBeside(FineTracker):
    breaks = "write-confinement"

    def __init__(self, config, context):
        super().__init__(config, context)
        (context.cell_folder.parent / "all.txt").write_text(context.cell)


@seqreason.hookimpl
def seqreason_trackers():
    return [FineTracker, *FineTracker.__subclasses__()]
