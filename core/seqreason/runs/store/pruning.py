"""What of a store nobody needs any more, and its removal."""

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, final

from seqreason.errors import StoreError
from seqreason.runs.store.cell_folder import CellLockedError
from seqreason.runs.store.stored_cells import StoredCell, stored_cell

Ending = Literal["deleted", "computing", "finished since"]
Why = Literal["superseded", "unfinished", "trial"]
WHYS: Final[dict[Why, str]] = {
    "superseded": "a later cell has the same spec and seed, with newer code or data",
    "unfinished": "stopped, failed or damaged: there is no result",
    "trial": "tried by a search, which has ended",
}
# Deleted first, so that what a killed removal leaves behind is not taken for a finished cell.
_RESULT: Final = "result.json"
# Deleted last: by the one a folder is found, the other keeps other processes away.
_LAST: Final = ("cell.json", "lock")


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


def without_superseded(cells: Sequence[StoredCell]) -> list[StoredCell]:
    """The finished ones of *cells*, of those with one spec and seed the latest alone."""
    newest = _newest(cells)
    return [cell for cell in cells if cell.is_finished and newest[_same(cell)] is cell]


def remove(cell: StoredCell) -> Ending:
    """Delete the run folder of *cell*, but not if a process computes it or has finished it since.

    Raises:
        StoreError: it cannot be deleted.
    """
    path = cell.folder.path
    try:
        with cell.folder.claimed(cell.identity):
            # Between the list and the answer to it a run may have come to its end.
            now = stored_cell(cell.folder)
            if now.is_finished and now.finished_at != cell.finished_at:
                return "finished since"
            _delete(path)
    except CellLockedError:
        return "computing"
    except OSError as error:
        raise StoreError(f"{path}: cannot be deleted ({error})") from error
    with suppress(OSError):
        # Which fails, as it should, while another cell is in it.
        path.parent.rmdir()
    return "deleted"


def _delete(folder: Path) -> None:
    """Delete *folder* in such an order that what is left of it on the way is found again."""
    (folder / _RESULT).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in _LAST:
            path.unlink()
    shutil.rmtree(folder)


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
    size = 0
    for path in folder.rglob("*"):
        # A run that goes on moves its files about.
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size
