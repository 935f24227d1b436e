"""The laws of every kind of plug-in, one file for each kind."""

from importlib import import_module
from typing import Final

from seqreason.registry.kinds import KINDS, find_kind
from seqreason.testing.law import KindLaws

ALL_LAWS: Final[tuple[KindLaws, ...]] = tuple(
    getattr(import_module(f"{__name__}.{kind.name}"), f"{kind.name.upper()}_LAWS") for kind in KINDS
)


def laws_of(kind: str) -> KindLaws:
    """The laws of a kind of plug-in.

    Raises:
        UnknownNameError: the kind does not exist.
    """
    name = find_kind(kind).name
    return next(laws for laws in ALL_LAWS if laws.kind == name)
