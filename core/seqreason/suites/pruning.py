"""What of a store nobody needs any more, and its removal."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, final

from seqreason.suites.cell_folder import CellFolder, CellIsTakenError, named_errors
from seqreason.suites.stored import StoredCell

Why = Literal["superseded", "unfinished", "trial"]
WHYS: Final[dict[Why, str]] = {
    "superseded": "a later cell has the same spec and seed, with newer code or data",
    "unfinished": "stopped, failed or damaged: there is no result",
    "trial": "tried by a search, which has ended",
}
# Deleted first, so that what a killed removal leaves behind is not taken for a finished cell.
_RESULT: Final = "result.json"


@final
@dataclass(frozen=True)
class Prunable:
    """A cell that could go, why, and how many bytes that would free."""

    cell: StoredCell
    why: Why
    size: int


def prunable(cells: Sequence[StoredCell]) -> list[Prunable]:
    """Every one of *cells* that could go, each for one reason."""
    newest = _newest(cells)
    found = []
    for cell in cells:
        why = _why(cell, newest)
        if why is not None:
            found.append(Prunable(cell, why, _size(cell.folder.path)))
    return found


def remove(cell: StoredCell) -> bool:
    """Delete the run folder of *cell*; False if a process is computing it, so that it stays.

    Raises:
        StoreError: it cannot be deleted.
    """
    folder = CellFolder(cell.folder.path)
    try:
        with folder.claimed(cell.identity), named_errors(folder.path):
            (folder.path / _RESULT).unlink(missing_ok=True)
            shutil.rmtree(folder.path)
    except CellIsTakenError:
        return False
    if folder.path.parent.is_dir() and not any(folder.path.parent.iterdir()):
        with named_errors(folder.path.parent):
            folder.path.parent.rmdir()
    return True


def _why(cell: StoredCell, newest: dict[str, StoredCell]) -> Why | None:
    if not cell.is_finished:
        return "unfinished"
    if newest[_same(cell)] is not cell:
        return "superseded"
    return "trial" if cell.is_trial else None


def _newest(cells: Sequence[StoredCell]) -> dict[str, StoredCell]:
    """Of finished cells with one spec and seed the latest."""
    newest: dict[str, StoredCell] = {}
    for cell in cells:
        if cell.is_finished:
            before = newest.setdefault(_same(cell), cell)
            if (cell.finished_at or 0) > (before.finished_at or 0):
                newest[_same(cell)] = cell
    return newest


def _same(cell: StoredCell) -> str:
    """What two cells have in common of which one supersedes the other."""
    parts: list[Any] = [cell.identity.get(part) for part in ("spec", "seed", "measured")]
    return json.dumps(parts, sort_keys=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
