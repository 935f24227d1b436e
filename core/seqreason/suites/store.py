"""The store: one run folder a cell, named by what the cell's result depends on.

runs/easy/seed-0-3f2a…/
    cell.json            the identity, so that a folder explains itself
    checkpoint.pt        where training stands; gone when the cell is finished
    weights.safetensors  the selected weights
    errors.safetensors   the frames of the worst errors, which the result lists
    result.json          metrics and circumstances; written last, so its being there means done
    failure.txt          what went wrong the last time
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, final

from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from seqreason.errors import StoreError
from seqreason.suites.cell import Cell


@final
class CellFolder:
    """The run folder of one cell."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint.pt"
        self.weights = path / "weights.safetensors"
        self.errors = path / "errors.safetensors"
        self._result = path / "result.json"
        self._failure = path / "failure.txt"

    def result(self) -> dict[str, Any] | None:
        """What was written by `finish`, or None while the cell is not finished.

        Raises:
            StoreError: the file is there and is damaged.
        """
        try:
            loaded: dict[str, Any] = json.loads(self._result.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self._result}: cannot be read ({error}); delete {self.path} to run it again"
            ) from error
        return loaded

    @contextmanager
    def claimed(self, cell: Cell) -> Iterator[None]:
        """Make the folder and hold it while the cell is computed.

        Raises:
            StoreError: it cannot be written, or another process is at this cell.
        """
        with _named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / "lock")
            try:
                lock.acquire(blocking=False)
            except Timeout as taken:
                raise StoreError(
                    f"{self.path}: another process is computing {cell.title}; wait for it, or "
                    "choose another --runs folder"
                ) from taken
        try:
            self._write(self.path / "cell.json", cell.identity)
            yield
        finally:
            lock.release()

    def finish(
        self, result: Mapping[str, Any], weights: Mapping[str, Tensor], error_frames: Tensor
    ) -> None:
        """Keep the outcome; from here on the cell is finished."""
        with _named_errors(self.path):
            # The result last: once it is there, everything else must be.
            _save(self.weights, weights)
            _save(self.errors, {"frames": error_frames})
            self._write(self._result, dict(result))
            self._failure.unlink(missing_ok=True)
            self.checkpoint.unlink(missing_ok=True)
            # A process that was killed while it wrote leaves its part behind.
            for leftover in self.path.glob("*.part"):
                leftover.unlink()

    def fail(self, traceback: str) -> Path:
        """Keep what went wrong, and say where; the cell is tried again next time."""
        with _named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._failure.write_text(traceback, encoding="utf-8")
        return self._failure

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        temporary = path.with_suffix(".part")
        with _named_errors(path):
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)


@final
class Store:
    """A folder of run folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, cell: Cell) -> CellFolder:
        """The run folder of *cell*, which need not exist yet."""
        name = f"seed-{cell.seed}-{cell.digest[:16]}"
        return CellFolder(self.root / cell.spec.benchmark / name)

    def check_writable(self) -> None:
        """Make the store's folder, so that a run does not train for nothing.

        Raises:
            StoreError: the folder cannot be made or written to.
        """
        # The folder itself may not exist yet; what counts is the nearest one above that does.
        existing = next(
            path for path in (self.root, *self.root.absolute().parents) if path.exists()
        )
        if not existing.is_dir():
            raise StoreError(f"run folder {self.root}: {existing} is not a folder")
        if not os.access(existing, os.W_OK | os.X_OK) or shutil.disk_usage(existing).free == 0:
            raise StoreError(
                f"run folder {self.root}: {existing} cannot be written to; choose another with "
                "--runs DIR"
            )


def _save(path: Path, tensors: Mapping[str, Tensor]) -> None:
    temporary = path.with_suffix(".part")
    save_file({name: part.contiguous() for name, part in tensors.items()}, temporary)
    temporary.replace(path)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """Turn what the file system says into one message that says where and what to do."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise StoreError(
            f"{path}: cannot be written ({error}); free some space there, or choose another "
            "folder with --runs DIR"
        ) from error
