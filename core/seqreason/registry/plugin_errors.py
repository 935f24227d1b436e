"""Calls to plug-ins, whose code may raise any exception."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, final

# The packages that call a plug-in: the framework, the import system, and torch for its modules.
_MACHINERY: Final = ("seqreason", "importlib", "torch")


@final
@dataclass
class CaughtError:
    """The exception that a plug-in raised, or None."""

    error: Exception | None = None


@contextmanager
def catch_plugin_errors() -> Iterator[CaughtError]:
    """Run a block that calls a plug-in, and catch what it raises.

    Ctrl-C and SystemExit are not caught.
    """
    caught = CaughtError()
    try:
        yield caught
    except Exception as error:  # noqa: BLE001  # a plug-in may raise anything
        caught.error = error


def own_part(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame of the plug-in's own code on."""
    while trace and _package(trace) in _MACHINERY:
        trace = trace.tb_next
    return trace


def place_of(error: BaseException) -> str:
    """The last line of the plug-in's own code that led to *error*: `/home/me/mine.py, line 12`.

    If none of its code was running, it is the last line of the framework's code.
    """
    trace = own_part(error.__traceback__) or error.__traceback__
    if trace is None:
        return "place unknown"
    package, last = _package(trace), trace
    while trace := trace.tb_next:
        if _package(trace) == package:
            last = trace
    return f"{last.tb_frame.f_code.co_filename}, line {last.tb_lineno}"


def _package(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
