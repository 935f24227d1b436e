"""Computing one cell: train, measure, keep; or find it done, or go on where it stopped."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any, final

from lightning_fabric import Fabric
from torch import nn

from seqreason.assembly import Benchmark, SequenceModel
from seqreason.borders import plugin_border
from seqreason.errors import IncompatibleError, StoreError
from seqreason.glyphs import Split
from seqreason.interfaces import Tracker, TrackerContext
from seqreason.registry import Registry
from seqreason.suites.cell import Cell
from seqreason.suites.environment import environment
from seqreason.suites.measuring import Measurer
from seqreason.suites.observer import Observer
from seqreason.suites.results import CellResult
from seqreason.suites.store import CellFolder, Store
from seqreason.training import CheckpointFile, Listener, Trainer


@final
@dataclass(frozen=True)
class CellRunner:
    """Computes the cells of one benchmark; call it with a cell."""

    benchmark: Benchmark
    registry: Registry
    store: Store
    fabric: Fabric
    observer: Observer
    trackers: Sequence[str] = ()

    def __call__(self, cell: Cell) -> CellResult:
        """The outcome of *cell*; a failure is kept in its folder and returned, not raised.

        Raises:
            StoreError: its folder cannot be read or written, or another process holds it.
        """
        result = self._outcome(cell)
        self.observer.ended(cell, result)
        return result

    def _outcome(self, cell: Cell) -> CellResult:
        folder = self.store.folder(cell)
        done = folder.result()
        if done is not None:
            return CellResult(**done, folder=str(folder.path), is_reused=True)
        with plugin_border() as border:
            model = self.benchmark.model(cell.seed)
            with folder.claimed(cell):
                return self._compute(cell, folder, model)
        assert border.error is not None
        return self._unfinished(cell, folder, border.error)

    def _unfinished(self, cell: Cell, folder: CellFolder, error: Exception) -> CellResult:
        """The outcome of a cell that *error* ended: skipped, or failed with its traceback kept."""
        # A full disk would fail every other cell as well, so it ends the run.
        if isinstance(error, StoreError):
            raise error
        name = cell.spec.benchmark
        if isinstance(error, IncompatibleError):
            return CellResult(cell.digest, name, name, cell.seed, "skipped", reason=str(error))
        path = folder.fail("".join(traceback.format_exception(error)))
        reason = f"{type(error).__name__}: {error} (traceback in {path})"
        return CellResult(cell.digest, name, name, cell.seed, "failed", reason=reason)

    def _compute(self, cell: Cell, folder: CellFolder, model: SequenceModel) -> CellResult:
        started = perf_counter()
        # Now rather than at the end: a checkout may move on while its code is running.
        circumstances = {**environment(self.fabric), "data": self.benchmark.bank.facts()}
        spec = cell.spec.training
        examples = self.benchmark.examples(cell.seed, Split.TRAIN)
        trainer = Trainer(
            model, self.benchmark.loss, examples, spec, seed=cell.seed, fabric=self.fabric
        )
        measurer = Measurer(self.benchmark, trainer.model, cell.seed)
        checkpoint = CheckpointFile(folder.checkpoint)
        with self._listeners(cell, folder) as listeners:
            begun = trainer.resume(checkpoint)
            earlier_seconds = begun.seconds
            self.observer.started(cell, begun.step)
            state = trainer.train(checkpoint, validate=measurer.validation, listeners=listeners)
        measured = measurer.final()
        result = CellResult(
            digest=cell.digest,
            benchmark=cell.spec.benchmark,
            arm=cell.spec.benchmark,
            seed=cell.seed,
            status="finished",
            seconds=perf_counter() - started + earlier_seconds,
            train_seconds=state.seconds,
            train_sequences=spec.examples * spec.epochs,
            metrics=measured.metrics,
            breakdowns=measured.breakdowns,
            reliability=measured.reliability,
            errors=measured.errors,
            curve=state.curve,
            environment=circumstances,
        )
        folder.finish(_kept(result), _weights(trainer.model), measured.error_frames)
        return CellResult(**_kept(result), folder=str(folder.path))

    @contextmanager
    def _listeners(self, cell: Cell, folder: CellFolder) -> Iterator[list[Listener]]:
        """The observer and the trackers, which are closed in the end."""
        context = TrackerContext(cell.title, folder.path, cell.spec.training.num_steps)
        trackers = [
            self.registry.build(
                Tracker, name, self.registry.default_config("tracker", name), context
            )
            for name in self.trackers
        ]
        try:
            yield [_Forwarding(self.observer, cell), *trackers]
        finally:
            for tracker in trackers:
                tracker.close()


@final
@dataclass(frozen=True)
class _Forwarding:
    """Tells the observer of a run which cell a measurement is of."""

    observer: Observer
    cell: Cell

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        self.observer.measured(self.cell, step, metrics)


def _kept(result: CellResult) -> dict[str, Any]:
    """What of a result is the same wherever its folder stands."""
    told = asdict(result)
    del told["folder"], told["is_reused"]
    return told


def _weights(model: nn.Module) -> dict[str, Any]:
    module: Any = model.module
    weights: dict[str, Any] = module.state_dict()
    return weights
