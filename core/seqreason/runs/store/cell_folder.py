"""The run folder of one cell: its files, and the lock for writing there."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from filelock import FileLock, Timeout
from safetensors.torch import save
from torch import Tensor

from seqreason.data.atomic_write import atomic_write
from seqreason.errors import StoreError

if TYPE_CHECKING:
    import polars as pl


@final
class CellLockedError(StoreError):
    """Another process is computing the cell."""


@final
class CellFolder:
    """The run folder of one cell."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint.pt"
        self.weights = path / "weights.safetensors"
        self.errors = path / "errors.safetensors"
        self.predictions = path / "predictions.parquet"
        self.progress = path / "progress.jsonl"
        self._identity = path / "cell.json"
        self._result = path / "result.json"
        self._failure = path / "failure.txt"

    @property
    def is_finished(self) -> bool:
        """Whether there is a result."""
        return self._result.exists()

    def finished_at(self) -> float:
        """When the result was written, in seconds since 1970."""
        return self._result.stat().st_mtime

    def identity(self) -> dict[str, Any]:
        """Everything that the cell's result depends on.

        Raises:
            StoreError: the file is missing or damaged.
        """
        identity = self._read(self._identity)
        if identity is None:
            raise StoreError(f"{self._identity}: no such file; delete {self.path}")
        return identity

    def result(self) -> dict[str, Any] | None:
        """The result that `finish` wrote, or None while the cell is not finished.

        Raises:
            StoreError: the file is damaged.
        """
        return self._read(self._result)

    def failure(self) -> str | None:
        """The last line of the last failure, or None."""
        try:
            lines = self._failure.read_text(encoding="utf-8").strip().splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        return lines[-1] if lines else "no reason given"

    def is_locked(self) -> bool:
        """Whether a process is computing the cell now."""
        lock = FileLock(self.path / "lock")
        try:
            with lock.acquire(blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            # No process computes where nothing can be written.
            return False

    @contextmanager
    def claimed(self, identity: Mapping[str, Any], *, waits: bool = False) -> Iterator[None]:
        """Make the folder and lock it while the cell is computed.

        The lock is released when the process ends, even if it is killed.

        Args:
            waits: whether to wait while another process holds the lock.

        Raises:
            CellLockedError: another process computes this cell, and this one does not wait.
            StoreError: the folder cannot be written.
        """
        with named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / "lock")
            try:
                lock.acquire(blocking=waits)
            except Timeout as error:
                raise CellLockedError(f"{self.path}: another process computes this cell") from error
        try:
            if not self._identity.exists():
                self._write(self._identity, identity)
            yield
        finally:
            lock.release()

    def finish(
        self,
        result: Mapping[str, Any],
        weights: Mapping[str, Tensor],
        error_frames: Tensor,
        predictions: "pl.DataFrame | None",
    ) -> None:
        """Store the outcome; from then on the cell is finished."""
        with named_errors(self.path):
            # The result last: once it is there, everything else must be.
            _save(self.weights, weights)
            _save(self.errors, {"frames": error_frames})
            if predictions is not None:
                table = BytesIO()
                predictions.write_parquet(table)
                with atomic_write(self.predictions) as file:
                    file.write(table.getbuffer())
            self._write(self._result, dict(result))
            self._failure.unlink(missing_ok=True)
            self.checkpoint.unlink(missing_ok=True)
            # A process that was killed while writing leaves a part behind.
            for leftover in self.path.glob("*.part"):
                leftover.unlink()

    def fail(self, traceback: str) -> Path:
        """Store the traceback and return its path; the next run tries the cell again."""
        with named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._failure.write_text(traceback, encoding="utf-8")
        return self._failure

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{path}: cannot be read ({error}); delete {self.path} to run it again"
            ) from error
        return loaded

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        with named_errors(path), atomic_write(path) as file:
            file.write(text.encode())


def _save(path: Path, tensors: Mapping[str, Tensor]) -> None:
    content = save({name: part.contiguous() for name, part in tensors.items()})
    with atomic_write(path) as file:
        file.write(content)


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn errors of the file system into one message with the path and the fix."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error}); free some space there, or choose another "
            "folder with --runs DIR"
        ) from error
