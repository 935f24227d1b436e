"""Reasoners: `recurrent`, the report's GRU1 and GRU2 and their variants."""

import seqreason
from seqreason.interfaces import Reasoner
from seqreason_plugins.reasoners.recurrent import Recurrent

__all__ = ["Recurrent", "seqreason_reasoners"]


@seqreason.hookimpl
def seqreason_reasoners() -> list[type[Reasoner]]:
    """The built-in reasoners."""
    return [Recurrent]
