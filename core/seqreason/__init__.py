"""Benchmarks of sequence reasoning, assembled from plug-ins by declarative specs.

Importing this package loads neither torch nor any plug-in. Each name below is loaded when it is
first used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqreason.assembly import PaddedBatch, SequenceDataset, SequenceItem, dataset
    from seqreason.errors import (
        DataError,
        IncompatibleError,
        PluginError,
        SeqreasonError,
        SpecError,
        TrainingError,
    )
    from seqreason.interfaces import (
        Conformance,
        Encoder,
        EncoderContext,
        EnumerableGenerator,
        Executor,
        ExecutorContext,
        Forcing,
        GeneratorContext,
        GlyphSource,
        Labels,
        LossContext,
        Objective,
        PluginConfig,
        Reasoner,
        ReasonerContext,
        Reasoning,
        RuleGenerator,
        SequenceConfig,
        SequenceGenerator,
        SourceContext,
        Tracker,
        TrackerContext,
    )
    from seqreason.randomness import Stream
    from seqreason.registry.hookspecs import hookimpl
    from seqreason.runs import Results, run
    from seqreason.structures.alphabet import Alphabet
    from seqreason.structures.appearance import Appearance
    from seqreason.structures.glyphs import Glyphs, Split
    from seqreason.structures.packing import Batch, Packing
    from seqreason.structures.sequences import PADDING, Hypotheses, RuleTable, Sequences
    from seqreason.structures.settings import Since

__version__ = version("seqreason")

__all__ = [
    "PADDING",
    "Alphabet",
    "Appearance",
    "Batch",
    "Conformance",
    "DataError",
    "Encoder",
    "EncoderContext",
    "EnumerableGenerator",
    "Executor",
    "ExecutorContext",
    "Forcing",
    "GeneratorContext",
    "GlyphSource",
    "Glyphs",
    "Hypotheses",
    "IncompatibleError",
    "Labels",
    "LossContext",
    "Objective",
    "Packing",
    "PaddedBatch",
    "PluginConfig",
    "PluginError",
    "Reasoner",
    "ReasonerContext",
    "Reasoning",
    "Results",
    "RuleGenerator",
    "RuleTable",
    "SeqreasonError",
    "SequenceConfig",
    "SequenceDataset",
    "SequenceGenerator",
    "SequenceItem",
    "Sequences",
    "Since",
    "SourceContext",
    "SpecError",
    "Split",
    "Stream",
    "Tracker",
    "TrackerContext",
    "TrainingError",
    "__version__",
    "dataset",
    "hookimpl",
    "run",
]

# The module of each public name that is neither an error nor an interface.
_HOMES = {
    name: home
    for home, names in {
        "assembly": ("PaddedBatch", "SequenceDataset", "SequenceItem", "dataset"),
        "randomness": ("Stream",),
        "registry.hookspecs": ("hookimpl",),
        "runs": ("Results", "run"),
        "structures.alphabet": ("Alphabet",),
        "structures.appearance": ("Appearance",),
        "structures.glyphs": ("Glyphs", "Split"),
        "structures.packing": ("Batch", "Packing"),
        "structures.sequences": ("PADDING", "Hypotheses", "RuleTable", "Sequences"),
        "structures.settings": ("Since",),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in __all__:
        raise AttributeError(f"module 'seqreason' has no attribute {name!r}")
    home = _HOMES.get(name, "errors" if name.endswith("Error") else "interfaces")
    return getattr(import_module(f"seqreason.{home}"), name)
