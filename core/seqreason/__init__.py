"""seqreason: benchmarks of sequence reasoning, assembled from plug-ins by declarative specs.

Importing this package loads neither torch nor any plug-in; each name below is loaded when it
is first used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqreason.errors import SeqreasonError
    from seqreason.hookspecs import hookimpl
    from seqreason.interfaces import (
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
        SequenceGenerator,
        SourceContext,
        Tracker,
        TrackerContext,
    )
    from seqreason.suites import Results, run

__version__ = version("seqreason")

_HOMES = {
    "SeqreasonError": "errors",
    "hookimpl": "hookspecs",
    "Results": "suites",
    "run": "suites",
}

__all__ = [
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
    "PluginConfig",
    "Reasoner",
    "ReasonerContext",
    "Reasoning",
    "Results",
    "SeqreasonError",
    "SequenceGenerator",
    "SourceContext",
    "Tracker",
    "TrackerContext",
    "__version__",
    "hookimpl",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name where it lives; the interfaces are what has no other home."""
    if name not in __all__:
        raise AttributeError(f"module 'seqreason' has no attribute {name!r}")
    return getattr(import_module(f"seqreason.{_HOMES.get(name, 'interfaces')}"), name)
