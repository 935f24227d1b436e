"""The built-in executors: `sequential`, `processes`, `ray` and `submitit`."""

import seqreason
from seqreason_plugins.executors.processes import Processes
from seqreason_plugins.executors.ray_cluster import Ray
from seqreason_plugins.executors.sequential import Sequential
from seqreason_plugins.executors.submitit_jobs import Submitit

__all__ = ["Processes", "Ray", "Sequential", "Submitit", "seqreason_executors"]


@seqreason.hookimpl
def seqreason_executors() -> list[type[seqreason.Executor]]:
    """The built-in executors."""
    return [Sequential, Processes, Ray, Submitit]
