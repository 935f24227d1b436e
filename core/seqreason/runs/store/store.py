"""The store: one run folder a cell, named by what the cell's result depends on.

runs/store.json          the format of what lies here
runs/easy/seed-0-3f2a…/
    cell.json            the identity, so that a folder explains itself
    lock                 held by the process that computes the cell
    checkpoint.pt        where training stands; gone when the cell is finished
    progress.jsonl       what happens, for whoever watches; gone once that has read it
    weights.safetensors  the selected weights
    predictions.parquet  the answer to every test item
    errors.safetensors   the frames of the worst errors, which the result lists
    result.json          metrics and circumstances; written last, so its being there means done
    failure.txt          what went wrong the last time
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
    """A folder of run folders, which many processes may share."""

    def __init__(self, root: Path) -> None:
        """Look what lies there, and write nothing.

        Raises:
            StoreError: it is no folder, or of a format that this version does not know.
        """
        self.root = root
        self._marker = root / "store.json"
        # It may not exist yet; what counts is the nearest folder above that does.
        self._existing = next(path for path in (root, *root.absolute().parents) if path.exists())
        if not self._existing.is_dir():
            raise StoreError(f"run folder {root}: {self._existing} is not a folder")
        self._check_format()

    def folder(self, cell: Cell) -> CellFolder:
        """The run folder of *cell*, which need not exist yet."""
        name = f"seed-{cell.seed}-{cell.digest[:16]}"
        return CellFolder(self.root / cell.spec.benchmark / name)

    def folders(self, benchmark: str | None = None) -> list[CellFolder]:
        """Every run folder, or those of one *benchmark*, the latest first."""
        found = self.root.glob(f"{'*' if benchmark is None else benchmark}/seed-*/cell.json")
        return [CellFolder(path.parent) for path in sorted(found, key=_written, reverse=True)]

    def prepare(self) -> None:
        """Make the store's folder, so that a run does not train for nothing.

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
        """The format of what lies there; None where nothing says."""
        try:
            marker: Any = json.loads(self._marker.read_text(encoding="utf-8"))
            return int(marker["format"])
        except FileNotFoundError:
            # The first format had no marker, and what has none is read as such.
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
