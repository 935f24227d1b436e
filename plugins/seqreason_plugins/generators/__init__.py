"""Sequence generators: `easy` and `normal`, the report's two tasks."""

import seqreason
from seqreason.interfaces import SequenceGenerator
from seqreason_plugins.generators.easy import Easy
from seqreason_plugins.generators.normal import Normal

__all__ = ["Easy", "Normal", "seqreason_generators"]


@seqreason.hookimpl
def seqreason_generators() -> list[type[SequenceGenerator]]:
    """The built-in sequence generators."""
    return [Easy, Normal]
