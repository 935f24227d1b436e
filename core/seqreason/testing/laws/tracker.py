"""The laws of trackers."""

import math
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
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
# A step that comes again may take the place of what was kept of it first.
_MOST: Final = 0.9
_MARK: Final = "loss_of_one_cell_alone"
_BENCHMARK: Final = "benchmark"


@final
class TrackerCase(Case):
    """A tracker that follows a cell for some steps."""

    num_steps: int = Field(3, ge=1, description="training steps that it is told of")


def construction(subject: Subject, case: TrackerCase) -> None:
    """It is made for a cell and its folder, or refuses with a reason."""
    with _folder() as folder:
        tracker = subject.make(case.settings, _context(folder, "one"))
        # Whether it can be closed at once is asked by another law.
        with catch_plugin_errors():
            tracker.close()


def metric_intake(subject: Subject, case: TrackerCase) -> None:
    """It takes training metrics at each step, validation metrics at some, and is closed."""
    with _folder() as folder, _followed(subject, case, folder) as tracker:
        _tell(tracker, range(1, case.num_steps + 1))


def empty_close(subject: Subject, case: TrackerCase) -> None:
    """A cell that fails before its first step closes it all the same."""
    with _folder() as folder, _followed(subject, case, folder):
        pass


def non_finite_metrics(subject: Subject, case: TrackerCase) -> None:
    """A metric that is infinite or not a number is taken too."""
    with _folder() as folder, _followed(subject, case, folder) as tracker:
        for step, value in enumerate((math.nan, math.inf, -math.inf), start=1):
            tracker.measured(step, {"loss": value})


def step_repetition(subject: Subject, case: TrackerCase) -> None:
    """Told of a step again by a cell that was resumed, a new tracker goes on with what is there."""
    with _folder() as folder:
        sizes = []
        for steps in (range(1, _MANY + 1), range(_MANY, _MANY + 1 + case.num_steps)):
            with _followed(subject, case, folder) as tracker:
                _tell(tracker, steps)
            sizes.append(sum(_files(folder).values()))
    message = f"{sizes[0]} bytes were kept before the cell was resumed, and after it {sizes[1]}"
    demand(sizes[1] >= _MOST * sizes[0], message)


def metric_persistence(subject: Subject, case: TrackerCase) -> None:
    """The more it is told, the more is kept in files beneath the run folder."""
    with _folder() as folder:
        sizes = []
        # What comes with the first cell alone, such as a database, says nothing of what is kept.
        for cell, num_steps in (("first", 1), ("few", 1), ("many", _MANY)):
            with _followed(subject, case, folder, cell=cell) as tracker:
                _tell(tracker, range(1, num_steps + 1))
            sizes.append(sum(_files(folder).values()))
    few, many = sizes[1] - sizes[0], sizes[2] - sizes[1]
    demand(many > few, f"of 1 step it kept {few} bytes, of {_MANY} steps {many}")


def cell_isolation(subject: Subject, case: TrackerCase) -> None:
    """What one cell measures does not reach the folder of another that is followed beside it."""
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
        # What is still held back by then is written once they are closed.
        strange = [name for name in _files(other_folder) if _is_marked(other_folder / name)]
    demand(after == before, "telling one cell's tracker changed the folder of the other")
    demand(not strange, f"what one cell measured is in the other's {', '.join(strange)}")


def write_confinement(subject: Subject, case: TrackerCase) -> None:
    """It writes nowhere but into the folder of its cell."""
    with _folder() as folder:
        with _followed(subject, case, folder) as tracker:
            _tell(tracker, range(1, case.num_steps + 1))
        mine = f"{_BENCHMARK}/one/"
        written = [name for name in _files(folder) if not name.startswith(mine)]
        written += [f"{path.name} (in the working directory)" for path in Path.cwd().iterdir()]
    demand(not written, f"beside its folder it wrote {', '.join(written)}")


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
    """A tracker that is closed once, however the block ends, as the framework does it."""
    tracker: Tracker = subject.make(case.settings, _context(folder, cell))
    try:
        yield tracker
    finally:
        tracker.close()


def _tell(tracker: Tracker, steps: range) -> None:
    for step in steps:
        tracker.measured(step, {"loss": 1 / step, "batch_last_accuracy": 0.5})
        if step % 2 == 0:
            tracker.measured(step, {"valid_accuracy": 0.25})


def _files(folder: Path) -> dict[str, int]:
    """Each file beneath the folder, with its size in bytes."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _is_marked(path: Path) -> bool:
    return _MARK.encode() in path.read_bytes()


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[TrackerCase]:
    return st.builds(TrackerCase, settings=settings, seed=st.just(0), num_steps=st.integers(2, 5))


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
    _cases,
    (
        # A tracker may open a database: seconds each time.
        Law.of(construction, tries_many=False),
        Law.of(metric_intake, needs=_FOUNDATION[:1], tries_many=False),
        *(Law.of(check, needs=_FOUNDATION, tries_many=False) for check in _OTHERS),
    ),
)
