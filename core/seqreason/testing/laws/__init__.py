"""The laws of every kind of plug-in, one file for each kind."""

from typing import Final

from seqreason.registry.kinds import find_kind
from seqreason.testing.law import KindLaws
from seqreason.testing.laws.encoder import ENCODER_LAWS
from seqreason.testing.laws.executor import EXECUTOR_LAWS
from seqreason.testing.laws.forcing import FORCING_LAWS
from seqreason.testing.laws.generator import GENERATOR_LAWS
from seqreason.testing.laws.labels import LABELS_LAWS
from seqreason.testing.laws.objective import OBJECTIVE_LAWS
from seqreason.testing.laws.reasoner import REASONER_LAWS
from seqreason.testing.laws.source import SOURCE_LAWS
from seqreason.testing.laws.tracker import TRACKER_LAWS

ALL_LAWS: Final = (
    SOURCE_LAWS,
    GENERATOR_LAWS,
    ENCODER_LAWS,
    REASONER_LAWS,
    LABELS_LAWS,
    OBJECTIVE_LAWS,
    FORCING_LAWS,
    EXECUTOR_LAWS,
    TRACKER_LAWS,
)


def laws_of(kind: str) -> KindLaws:
    """The laws of a kind of plug-in.

    Raises:
        UnknownNameError: the kind does not exist.
    """
    name = find_kind(kind).name
    return next(laws for laws in ALL_LAWS if laws.kind == name)
