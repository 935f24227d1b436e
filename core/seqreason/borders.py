"""The border to code that is not ours, where any exception at all may come across."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import final


@final
@dataclass
class Border:
    """What came across: an exception, or nothing."""

    error: Exception | None = None


@contextmanager
def plugin_border() -> Iterator[Border]:
    """Run a block that calls a plug-in, and keep what it raises instead of raising it.

    Ctrl-C and the like go through: they are no exception of the plug-in's.
    """
    border = Border()
    try:
        yield border
    except Exception as error:  # noqa: BLE001  # a plug-in may raise anything
        border.error = error


def place_of(error: Exception) -> str:
    """Where *error* was raised: `/home/me/mine.py, line 12`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else "place unknown"
