"""The kinds of plug-in, as one table: everything that goes through the kinds reads it here."""

from dataclasses import dataclass
from typing import Final, final

from seqreason import interfaces
from seqreason.errors import UnknownNameError
from seqreason.interfaces import Plugin


@final
@dataclass(frozen=True)
class Kind:
    """One kind of plug-in: its name in specs and messages, its hook and its interface."""

    name: str
    hook: str
    interface: type[Plugin]


KINDS: Final = (
    Kind("source", "seqreason_sources", interfaces.GlyphSource),
    Kind("generator", "seqreason_generators", interfaces.SequenceGenerator),
    Kind("encoder", "seqreason_encoders", interfaces.Encoder),
    Kind("reasoner", "seqreason_reasoners", interfaces.Reasoner),
    Kind("labels", "seqreason_labels", interfaces.Labels),
    Kind("objective", "seqreason_objectives", interfaces.Objective),
    Kind("forcing", "seqreason_forcings", interfaces.Forcing),
    Kind("executor", "seqreason_executors", interfaces.Executor),
    Kind("tracker", "seqreason_trackers", interfaces.Tracker),
)


def find_kind(name: str) -> Kind:
    """The kind called *name*; the plural will do.

    Raises:
        UnknownNameError: there is no such kind.
    """
    for kind in KINDS:
        if name in (kind.name, f"{kind.name}s"):
            return kind
    raise UnknownNameError(name, noun="kind of plug-in", known=[kind.name for kind in KINDS])
