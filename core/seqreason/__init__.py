"""seqreason: benchmarks of sequence reasoning, assembled from plug-ins by declarative specs.

Importing this package loads neither torch nor any plug-in; each name below is loaded when it
is first used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqreason.assembly import PaddedBatch, SequenceDataset, SequenceItem, dataset
    from seqreason.errors import SeqreasonError
    from seqreason.hookspecs import hookimpl
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
    from seqreason.sequences import RuleTable
    from seqreason.suites import Results, run

__version__ = version("seqreason")

_HOMES = {
    "PaddedBatch": "assembly",
    "SequenceDataset": "assembly",
    "SequenceItem": "assembly",
    "dataset": "assembly",
    "SeqreasonError": "errors",
    "hookimpl": "hookspecs",
    "Results": "suites",
    "RuleTable": "sequences",
    "run": "suites",
}

__all__ = [
    "Conformance",
    "Encoder",
    "EncoderContext",
    "EnumerableGenerator",
    "Executor",
    "ExecutorContext",
    "Forcing",
    "GeneratorContext",
    "GlyphSource",
    "Labels",
    "LossContext",
    "Objective",
    "PaddedBatch",
    "PluginConfig",
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
    "SourceContext",
    "Tracker",
    "TrackerContext",
    "__version__",
    "dataset",
    "hookimpl",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name where it lives; the interfaces are what has no other home."""
    if name not in __all__:
        raise AttributeError(f"module 'seqreason' has no attribute {name!r}")
    return getattr(import_module(f"seqreason.{_HOMES.get(name, 'interfaces')}"), name)
