"""The laws of trackers."""

import math
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final

from hypothesis import strategies as st
from pydantic import Field

from seqreason.interfaces import Tracker, TrackerContext
from seqreason.registry.plugin_errors import catch_plugin_errors
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "metric-intake")
_SETTINGS: Final = {
    "reasoner.cell": "gru",
    "source.path": None,
    "source.letters": 'ㄱㄴ, "quoted"',
    "encoder.channels": [4, 8],
    "evaluation.shifted": {"longer": {"lengths": [9, 12]}},
    "training.learning_rate": 1e-3,
    "training.compile": False,
    "seed": 0,
}
_MANY: Final = 300
# A repeated step may replace the first record of it.
_LEAST_KEPT: Final = 0.9
_MARK: Final = "loss_of_one_cell_alone"
_BENCHMARK: Final = "benchmark"


@final
class TrackerCase(Case):
    """The number of steps that a tracker follows."""

    num_steps: int = Field(3, ge=1, description="training steps that it is given")


def construction(subject: Subject, case: TrackerCase) -> None:
    """It can be made for a cell and its folder, or refuses with a reason."""
    with _folder() as folder:
        tracker = subject.make(case.settings, _context(folder, "one"))
        # Another law checks whether it can be closed at once.
        with catch_plugin_errors():
            tracker.close()


def metric_intake(subject: Subject, case: TrackerCase) -> None:
    """It takes training metrics at each step and validation metrics at some, and closes."""
    with _folder() as folder, _followed(subject, case, folder) as tracker:
        _measure(tracker, range(1, case.num_steps + 1))


def empty_close(subject: Subject, case: TrackerCase) -> None:
    """It can be closed before the first step, as when a cell fails early."""
    with _folder() as folder, _followed(subject, case, folder):
        pass


def non_finite_metrics(subject: Subject, case: TrackerCase) -> None:
    """It takes metrics that are infinite or NaN."""
    with _folder() as folder, _followed(subject, case, folder) as tracker:
        for step, value in enumerate((math.nan, math.inf, -math.inf), start=1):
            tracker.measured(step, {"loss": value})


def step_repetition(subject: Subject, case: TrackerCase) -> None:
    """In a resumed cell, a new tracker takes a step again and keeps the earlier steps."""
    with _folder() as folder:
        sizes = []
        for steps in (range(1, _MANY + 1), range(_MANY, _MANY + 1 + case.num_steps)):
            with _followed(subject, case, folder) as tracker:
                _measure(tracker, steps)
            sizes.append(sum(_files(folder).values()))
    message = f"the files held {sizes[0]} bytes, and after the cell was resumed {sizes[1]}"
    demand(sizes[1] >= _LEAST_KEPT * sizes[0], message)


def metric_persistence(subject: Subject, case: TrackerCase) -> None:
    """The more metrics it gets, the more it keeps in files in the run folder."""
    with _folder() as folder:
        sizes = []
        # The first cell may create something that is no metric, such as a database.
        for cell, num_steps in (("first", 1), ("few", 1), ("many", _MANY)):
            with _followed(subject, case, folder, cell=cell) as tracker:
                _measure(tracker, range(1, num_steps + 1))
            sizes.append(sum(_files(folder).values()))
    few, many = sizes[1] - sizes[0], sizes[2] - sizes[1]
    demand(many > few, f"it kept {few} bytes for 1 step, but {many} for {_MANY} steps")


def cell_isolation(subject: Subject, case: TrackerCase) -> None:
    """The metrics of one cell do not reach the folder of another that is followed beside it."""
    with _folder() as folder:
        other_folder = folder / _BENCHMARK / "other"
        with (
            _followed(subject, case, folder) as tracker,
            _followed(subject, case, folder, cell="other") as other,
        ):
            other.measured(1, {"loss": 0.5})
            before = _files(other_folder)
            for step in range(1, _MANY):
                tracker.measured(step, {_MARK: 1 / step})
            after = _files(other_folder)
        # Buffered metrics are written when the trackers are closed.
        marked = [
            name
            for name in _files(other_folder)
            if _MARK.encode() in (other_folder / name).read_bytes()
        ]
    demand(after == before, "metrics of one cell changed the folder of the other")
    demand(not marked, f"metrics of one cell are in files of the other: {', '.join(marked)}")


def write_confinement(subject: Subject, case: TrackerCase) -> None:
    """It writes only into the folder of its cell."""
    with _folder() as folder:
        with _followed(subject, case, folder) as tracker:
            _measure(tracker, range(1, case.num_steps + 1))
        cell_folder = f"{_BENCHMARK}/one/"
        written = [name for name in _files(folder) if not name.startswith(cell_folder)]
        written += [f"{path.name} (in the working directory)" for path in Path.cwd().iterdir()]
    demand(not written, f"outside its cell's folder it wrote {', '.join(written)}")


@contextmanager
def _folder() -> Iterator[Path]:
    """A run folder, in an empty working directory."""
    with TemporaryDirectory() as run_folder, TemporaryDirectory() as elsewhere, chdir(elsewhere):
        yield Path(run_folder)


def _context(folder: Path, cell: str) -> TrackerContext:
    cell_folder = folder / _BENCHMARK / cell
    cell_folder.mkdir(parents=True, exist_ok=True)
    return TrackerContext(
        cell=f"{cell} seed 0", cell_folder=cell_folder, num_steps=_MANY, settings=_SETTINGS
    )


@contextmanager
def _followed(
    subject: Subject, case: TrackerCase, folder: Path, *, cell: str = "one"
) -> Iterator[Tracker]:
    """A tracker that is closed once, however the block ends, as the framework closes it."""
    tracker: Tracker = subject.make(case.settings, _context(folder, cell))
    try:
        yield tracker
    finally:
        tracker.close()


def _measure(tracker: Tracker, steps: range) -> None:
    for step in steps:
        tracker.measured(step, {"loss": 1 / step, "batch_last_accuracy": 0.5})
        if step % 2 == 0:
            tracker.measured(step, {"valid_accuracy": 0.25})


def _files(folder: Path) -> dict[str, int]:
    """Each file in the folder and below, with its size in bytes."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


_OTHERS: Final = (
    empty_close,
    non_finite_metrics,
    step_repetition,
    metric_persistence,
    cell_isolation,
    write_confinement,
)
TRACKER_LAWS: Final = KindLaws(
    "tracker",
    TrackerCase,
    {"num_steps": st.integers(2, 5)},
    (
        # A tracker may open a database, which takes seconds each time.
        Law.of(construction, tries_many=False),
        Law.of(metric_intake, needs=_FOUNDATION[:1], tries_many=False),
        *(Law.of(check, needs=_FOUNDATION, tries_many=False) for check in _OTHERS),
    ),
)
