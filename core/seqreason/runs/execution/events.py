"""The events of a cell, passed through a file in its folder.

The process that computes a cell may be on another machine. So it writes lines to `progress.jsonl`,
and the process that started the run reads them as they arrive. This works with every executor.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final, final

from seqreason.runs.execution.observer import Observer
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import named_errors
from seqreason.runs.store.cell_result import CellResult

_SECONDS_BETWEEN_LOOKS: Final = 0.2


@final
class EventFile:
    """Writes the events of one cell; a listener of its training."""

    def __init__(self, path: Path) -> None:
        """Begin a new file."""
        self._path = path
        self._append("w", {"event": "claimed", "by": os.getpid(), "at": time.time_ns()})

    def started(self, step: int) -> None:
        """Training begins, or resumes after *step* steps."""
        self._append("a", {"event": "started", "step": step})

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step*."""
        self._append("a", {"event": "measured", "step": step, "metrics": dict(metrics)})

    def _append(self, mode: str, event: Mapping[str, Any]) -> None:
        with named_errors(self._path), self._path.open(mode, encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")


@final
class Watch:
    """Reads the events of cells, and passes them to an observer."""

    def __init__(self, cells: Sequence[tuple[Cell, Path]], observer: Observer) -> None:
        self._tails = {cell.digest: _Tail(cell, path) for cell, path in cells}
        self._observer, self._lock = observer, Lock()

    def end(self, cell: Cell, result: CellResult) -> None:
        """Pass on the last events of *cell*, and its end."""
        with self._lock:
            tail = self._tails.pop(cell.digest)
            self._pass_on(tail)
            tail.remove()
            self._observer.ended(cell, result)

    def note(self, message: str) -> None:
        """Pass on a remark for the user."""
        with self._lock:
            self._observer.noted(message)

    def look(self) -> None:
        """Pass on the events of all cells since the last look."""
        with self._lock:
            for tail in self._tails.values():
                self._pass_on(tail)

    def _pass_on(self, tail: "_Tail") -> None:
        for event in tail.events():
            if event["event"] == "started":
                self._observer.started(tail.cell, event["step"])
            elif event["event"] == "measured":
                self._observer.measured(tail.cell, event["step"], event["metrics"])


@contextmanager
def watching(cells: Sequence[tuple[Cell, Path]], observer: Observer) -> Iterator[Watch]:
    """A watch on the event files of *cells* that looks a few times a second."""
    watch, done = Watch(cells, observer), Event()

    def look_on() -> None:
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            watch.look()

    thread = Thread(target=look_on, name="seqreason-watch", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        done.set()
        thread.join()


@final
class _Tail:
    """The end of one event file, read as it grows."""

    def __init__(self, cell: Cell, path: Path) -> None:
        self.cell, self._path = cell, path
        self._first, self._place = b"", 0
        # The events of an earlier process are not of this run.
        self.events()

    def events(self) -> list[dict[str, Any]]:
        """The new complete lines."""
        try:
            with self._path.open("rb") as file:
                first = file.readline()
                # A new file begins with another claim.
                if first != self._first:
                    self._first, self._place = first, 0
                file.seek(self._place)
                text = file.read()
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._place += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def remove(self) -> None:
        """Delete the file, which has been read completely."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
