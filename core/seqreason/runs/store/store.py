"""The store: one run folder a cell, named by the cell's digest.

runs/store.json          the format of the store
runs/easy/seed-0-3f2a…/
    cell.json            the identity of the cell
    lock                 held by the process that computes the cell
    checkpoint.pt        the state of training; deleted when the cell is finished
    progress.jsonl       the events, for the process that watches, which deletes it
    weights.safetensors  the selected weights
    predictions.parquet  the answer to every test item
    errors.safetensors   the frames of the confident errors in the result
    result.json          metrics and environment; written last: with it the cell is finished
    failure.txt          the traceback of the last failure
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final, final

from seqreason.data.atomic_write import atomic_write
from seqreason.errors import StoreError
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import CellFolder, named_errors

FORMAT: Final = 2
_OLDEST_READ: Final = 1


@final
class Store:
    """A folder of run folders that several processes can share."""

    def __init__(self, root: Path) -> None:
        """Check the folder; writes nothing.

        Raises:
            StoreError: it is not a folder, or this version does not know its format.
        """
        self.root = root
        self._marker = root / "store.json"
        # The root may not exist yet; then its nearest existing parent counts.
        self._existing = next(path for path in (root, *root.absolute().parents) if path.exists())
        if not self._existing.is_dir():
            raise StoreError(f"run folder {root}: {self._existing} is not a folder")
        self._check_format()

    def folder(self, cell: Cell) -> CellFolder:
        """The run folder of *cell*, which may not exist yet."""
        name = f"seed-{cell.seed}-{cell.digest[:16]}"
        return CellFolder(self.root / cell.spec.benchmark / name)

    def folders(self, benchmark: str | None = None) -> list[CellFolder]:
        """Every run folder, or those of one *benchmark*, the latest first."""
        found = self.root.glob(f"{'*' if benchmark is None else benchmark}/seed-*/cell.json")
        return [CellFolder(path.parent) for path in sorted(found, key=_written, reverse=True)]

    def prepare(self) -> None:
        """Make the store's folder before a run, to find out now if it cannot be written.

        Raises:
            StoreError: the folder cannot be made or written to.
        """
        existing = self._existing
        if not os.access(existing, os.W_OK | os.X_OK) or shutil.disk_usage(existing).free == 0:
            raise StoreError(
                f"run folder {self.root}: {existing} cannot be written to; choose another with "
                "--runs DIR"
            )
        if self._format() != FORMAT:
            with named_errors(self._marker):
                self.root.mkdir(parents=True, exist_ok=True)
                with atomic_write(self._marker) as file:
                    file.write(json.dumps({"format": FORMAT}).encode() + b"\n")

    def _check_format(self) -> None:
        found = self._format()
        if found is not None and not _OLDEST_READ <= found <= FORMAT:
            raise StoreError(
                f"run folder {self.root}: it has format {found}, and this version of seqreason "
                f"reads formats {_OLDEST_READ} to {FORMAT}; upgrade seqreason, or choose another "
                "folder with --runs DIR"
            )

    def _format(self) -> int | None:
        """The format of the store; None without a marker."""
        try:
            marker: Any = json.loads(self._marker.read_text(encoding="utf-8"))
            return int(marker["format"])
        except FileNotFoundError:
            # The first format had no marker.
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self._marker}: cannot be read ({error}); if the folder holds run folders, write "
                f'{{"format": {FORMAT}}} there'
            ) from error


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
