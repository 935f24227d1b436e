"""Finding and removing the cells of a store that are no longer needed."""

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
    "trial": "a trial of a finished search",
}
# Deleted first, so that the rest of an interrupted removal is not a finished cell.
_RESULT: Final = "result.json"
# Deleted last: cell.json lets the store find the folder, and lock keeps other processes away.
_LAST: Final = ("cell.json", "lock")


@final
@dataclass(frozen=True)
class Prunable:
    """A cell that can be deleted, why, and the bytes that this frees."""

    cell: StoredCell
    why: Why
    size: int


def prunable(cells: Sequence[StoredCell]) -> list[Prunable]:
    """Those of *cells* that can be deleted, each for one reason."""
    newest = _newest(cells)
    return [
        Prunable(cell, why, _size(cell.folder.path))
        for cell in cells
        if (why := _why(cell, newest)) is not None
    ]


def without_superseded(cells: Sequence[StoredCell]) -> list[StoredCell]:
    """The finished ones of *cells*; of several with one spec and seed, only the latest."""
    newest = _newest(cells)
    return [cell for cell in cells if cell.is_finished and newest[_same(cell)] is cell]


def remove(cell: StoredCell) -> Ending:
    """Delete the run folder of *cell*, unless a process computes it or has finished it since.

    Raises:
        StoreError: it cannot be deleted.
    """
    path = cell.folder.path
    try:
        with cell.folder.claimed(cell.identity):
            # A run may have finished since the cells were listed.
            now = stored_cell(cell.folder)
            if now.is_finished and now.finished_at != cell.finished_at:
                return "finished since"
            _delete(path)
    except CellLockedError:
        return "computing"
    except OSError as error:
        raise StoreError(f"{path}: cannot be deleted ({error})") from error
    with suppress(OSError):
        # This fails, as it should, while another cell is in it.
        path.parent.rmdir()
    return "deleted"


def _delete(folder: Path) -> None:
    """Delete *folder* in an order that lets an interrupted removal be found again."""
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
    """The latest finished cell of each spec and seed."""
    newest: dict[str, StoredCell] = {}
    for cell in cells:
        if cell.is_finished:
            before = newest.setdefault(_same(cell), cell)
            if (cell.finished_at or 0) > (before.finished_at or 0):
                newest[_same(cell)] = cell
    return newest


def _same(cell: StoredCell) -> str:
    """The key that two cells share if one supersedes the other."""
    parts: list[Any] = [cell.identity.get(part) for part in ("spec", "seed", "measured")]
    return json.dumps(parts, sort_keys=True)


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        # A current run may move its files.
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size
