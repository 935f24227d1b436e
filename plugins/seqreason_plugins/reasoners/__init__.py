"""Reasoners: `recurrent`, the report's GRU1 and GRU2 and their variants; `rule-posterior`."""

import seqreason
from seqreason.interfaces import Reasoner
from seqreason_plugins.reasoners.recurrent import Recurrent
from seqreason_plugins.reasoners.rule_posterior import RulePosterior

__all__ = ["Recurrent", "RulePosterior", "seqreason_reasoners"]


@seqreason.hookimpl
def seqreason_reasoners() -> list[type[Reasoner]]:
    """The built-in reasoners."""
    return [Recurrent, RulePosterior]
