"""Executors: `sequential`."""

import seqreason
from seqreason.interfaces import Executor
from seqreason_plugins.executors.sequential import Sequential

__all__ = ["Sequential", "seqreason_executors"]


@seqreason.hookimpl
def seqreason_executors() -> list[type[Executor]]:
    """The built-in executors."""
    return [Sequential]
