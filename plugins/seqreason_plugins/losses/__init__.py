"""Loss policies: labels, objectives and forcing policies."""

import seqreason
from seqreason_plugins.losses.forcing import FreeRunning, Scheduled, Teacher
from seqreason_plugins.losses.labels import Hard, Smoothed
from seqreason_plugins.losses.objectives import CrossEntropy, MeanSquaredError

__all__ = [
    "CrossEntropy",
    "FreeRunning",
    "Hard",
    "MeanSquaredError",
    "Scheduled",
    "Smoothed",
    "Teacher",
    "seqreason_forcings",
    "seqreason_labels",
    "seqreason_objectives",
]


@seqreason.hookimpl
def seqreason_labels() -> list[type[seqreason.Labels]]:
    """The built-in labels."""
    return [Hard, Smoothed]


@seqreason.hookimpl
def seqreason_objectives() -> list[type[seqreason.Objective]]:
    """The built-in objectives."""
    return [MeanSquaredError, CrossEntropy]


@seqreason.hookimpl
def seqreason_forcings() -> list[type[seqreason.Forcing]]:
    """The built-in forcing policies."""
    return [FreeRunning, Scheduled, Teacher]
