"""Every error that seqreason raises on purpose, in one tree.

    SeqreasonError
    ├── SpecError            a spec file or an override is wrong       (exit code 2)
    │   └── UnknownNameError   a name is not among the known ones
    ├── PluginError          a plug-in is broken, missing or clashing  (exit code 2)
    ├── DataError            data are missing, damaged or unusable     (exit code 1)
    ├── StoreError           a run folder cannot be read or written    (exit code 1)
    ├── IncompatibleError    two parts do not fit: the cell is skipped (exit code 1)
    └── TrainingError        training itself went wrong                (exit code 1)

A message says what is wrong, where, and the fix. The command line prints it without a traceback
and exits with the class's `exit_code`.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class SeqreasonError(Exception):
    """The root of the tree: catch it to catch everything that seqreason raises on purpose."""

    exit_code: ClassVar[int] = 1


class SpecError(SeqreasonError):
    """A spec file, an override or a command's argument is wrong."""

    exit_code = 2


class UnknownNameError(SpecError):
    """A name is not among the known ones; the message lists them and the nearest."""

    def __init__(self, name: str, *, noun: str, known: Iterable[str], hint: str = "") -> None:
        super().__init__(f"unknown {noun} {name!r}{nearest(name, known)}{hint}")


class PluginError(SeqreasonError):
    """A plug-in cannot be loaded, breaks its contract, or clashes with another."""

    exit_code = 2


class DataError(SeqreasonError):
    """Data are missing, damaged, or not what the request needs."""


class StoreError(SeqreasonError):
    """A run folder cannot be read, written or trusted."""


class IncompatibleError(SeqreasonError):
    """A plug-in cannot work with its context; its constructor raises this with the reason."""


class TrainingError(SeqreasonError):
    """Training cannot go on, for example because the loss is not finite."""


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 cell`, `3 cells`, `1,200 cells`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown name: the nearest known one, and all of them."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    start = f": did you mean {close[0]!r}? Choose" if close else ": choose"
    return f"{start} from {', '.join(names)}" if names else ": there is nothing to choose from"
