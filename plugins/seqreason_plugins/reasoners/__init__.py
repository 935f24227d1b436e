"""The built-in reasoners.

`recurrent` (the report's GRU1 and GRU2, and variants) and `transformer` learn the rules,
`rule-posterior` knows them, and `last-symbol`, `marginal` and `shuffled` are probes.
"""

import seqreason
from seqreason_plugins.reasoners.probes import LastSymbol, Marginal, Shuffled
from seqreason_plugins.reasoners.recurrent import Recurrent
from seqreason_plugins.reasoners.rule_posterior import RulePosterior
from seqreason_plugins.reasoners.transformer import Transformer

__all__ = [
    "LastSymbol",
    "Marginal",
    "Recurrent",
    "RulePosterior",
    "Shuffled",
    "Transformer",
    "seqreason_reasoners",
]


@seqreason.hookimpl
def seqreason_reasoners() -> list[type[seqreason.Reasoner]]:
    """The built-in reasoners."""
    return [LastSymbol, Marginal, Recurrent, RulePosterior, Shuffled, Transformer]
