"""The whole extension surface: one hook a kind, each returning a list of classes.

A plug-in is a module that implements any of these with `@seqreason.hookimpl`. It is found by
the entry point group `seqreason` of an installed package, or given as `--plugin FILE`.
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
    """Where the images of symbols come from."""


@hookspec
def seqreason_generators() -> list[type[SequenceGenerator]]:
    """The hidden rules by which sequences are drawn."""


@hookspec
def seqreason_encoders() -> list[type[Encoder]]:
    """From frames to features."""


@hookspec
def seqreason_reasoners() -> list[type[Reasoner]]:
    """From features to what is shown and what comes next."""


@hookspec
def seqreason_labels() -> list[type[Labels]]:
    """From true symbols to target distributions."""


@hookspec
def seqreason_objectives() -> list[type[Objective]]:
    """How far logits are from their targets."""


@hookspec
def seqreason_forcings() -> list[type[Forcing]]:
    """How often the prediction stage is fed the truth in training."""


@hookspec
def seqreason_executors() -> list[type[Executor]]:
    """Where the cells of a run are computed."""


@hookspec
def seqreason_trackers() -> list[type[Tracker]]:
    """Who follows a cell while it is computed."""
