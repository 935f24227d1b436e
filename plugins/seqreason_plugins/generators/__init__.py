"""Sequence generators: the report's tasks `easy` and `normal`, and other families of rules."""

import seqreason
from seqreason_plugins.generators.alternating import Alternating
from seqreason_plugins.generators.easy import Easy
from seqreason_plugins.generators.fibonacci import Fibonacci
from seqreason_plugins.generators.interleaved import Interleaved
from seqreason_plugins.generators.mixture import Mixture
from seqreason_plugins.generators.normal import Normal
from seqreason_plugins.generators.progressions import Arithmetic
from seqreason_plugins.generators.quadratic import Quadratic
from seqreason_plugins.generators.repeating import Repeating
from seqreason_plugins.generators.rotated import Rotated

__all__ = [
    "Alternating",
    "Arithmetic",
    "Easy",
    "Fibonacci",
    "Interleaved",
    "Mixture",
    "Normal",
    "Quadratic",
    "Repeating",
    "Rotated",
    "seqreason_generators",
]


@seqreason.hookimpl
def seqreason_generators() -> list[type[seqreason.SequenceGenerator]]:
    """The built-in sequence generators."""
    return [
        Alternating,
        Arithmetic,
        Easy,
        Fibonacci,
        Interleaved,
        Mixture,
        Normal,
        Quadratic,
        Repeating,
        Rotated,
    ]
