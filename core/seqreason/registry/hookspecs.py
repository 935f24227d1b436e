"""Everything that a plug-in can offer: one hook for each kind, which returns a list of classes.

A plug-in is a module that implements some of these hooks with `@seqreason.hookimpl`. An installed
package names it in the entry point group `seqreason`, or a command gets it as `--plugin FILE`.
"""

import pluggy

from seqreason.interfaces import (
    Encoder,
    Executor,
    Forcing,
    GlyphSource,
    Labels,
    Objective,
    Reasoner,
    SequenceGenerator,
    Tracker,
)

PROJECT = "seqreason"
PREFIX = "seqreason_"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def seqreason_sources() -> list[type[GlyphSource]]:
    """The images of symbols."""


@hookspec
def seqreason_generators() -> list[type[SequenceGenerator]]:
    """The hidden rules by which sequences are drawn."""


@hookspec
def seqreason_encoders() -> list[type[Encoder]]:
    """Networks from frames to features."""


@hookspec
def seqreason_reasoners() -> list[type[Reasoner]]:
    """Networks from features to the shown and the next symbols."""


@hookspec
def seqreason_labels() -> list[type[Labels]]:
    """Target distributions for true symbols."""


@hookspec
def seqreason_objectives() -> list[type[Objective]]:
    """Losses between logits and targets."""


@hookspec
def seqreason_forcings() -> list[type[Forcing]]:
    """How often training feeds the true symbols to the prediction stage."""


@hookspec
def seqreason_executors() -> list[type[Executor]]:
    """Where and in which order the cells of a run are computed."""


@hookspec
def seqreason_trackers() -> list[type[Tracker]]:
    """Receivers of metrics while a cell is trained."""
