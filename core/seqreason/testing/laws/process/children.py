"""The processes that this one has started, as far as the system reports them."""

import multiprocessing
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROCESSES: Final = Path("/proc")
# A process of Python's own, which ends with this one.
_KEEPER: Final = b"resource_tracker"
# A process may take a moment to end.
_SECONDS_TO_END: Final = 0.5
_SECONDS_BETWEEN: Final = 0.02


def descendants() -> set[int]:
    """The ids of the living processes that this one, or one of them, has started."""
    parents = _living()
    found: set[int] = set()
    generation = {os.getpid()}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation} - found
        found |= generation
    return {process for process in found if not _is_the_keeper(process)}


def left_of(processes: set[int]) -> set[int]:
    """The *processes* that are still alive a moment later."""
    deadline = time.monotonic() + _SECONDS_TO_END
    while (left := processes & _living().keys()) and time.monotonic() < deadline:
        time.sleep(_SECONDS_BETWEEN)
    return left


def _living() -> dict[int, int]:
    """The parent of each living process; without `/proc`, only of multiprocessing's children."""
    if not (_PROCESSES / "self" / "stat").exists():
        children = [child.pid for child in multiprocessing.active_children()]
        return {child: os.getpid() for child in children if child is not None}
    parents = {}
    for folder in _PROCESSES.iterdir():
        if folder.name.isdecimal():
            # The process may have ended by now.
            with suppress(OSError):
                state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
                if state != "Z":
                    parents[int(folder.name)] = int(parent)
    return parents


def _is_the_keeper(process: int) -> bool:
    with suppress(OSError):
        return _KEEPER in (_PROCESSES / str(process) / "cmdline").read_bytes()
    return False
