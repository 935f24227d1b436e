"""Computing one cell: train or resume, measure, and store."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, final

from seqreason.assembly import Benchmark
from seqreason.runs.execution.listeners import cell_listeners
from seqreason.runs.execution.measuring import Measurement, Measurer
from seqreason.runs.execution.parallel import Parallel
from seqreason.runs.execution.run_context import run_context_of
from seqreason.runs.execution.trial import Trial
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.environment import environment
from seqreason.structures.glyphs import Split
from seqreason.training import CheckpointFile, Trainer, TrainingState, hush_fabric

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@final
@dataclass(frozen=True)
class CellRunner:
    """Computes cells in this process, or in one process for each of several devices.

    Attributes:
        plugins: files or modules with plug-ins that are not installed.
        trackers: name and settings of each tracker.
        trial: the search's trial that the cell belongs to; None outside a search.
    """

    plugins: tuple[str, ...]
    trackers: tuple[Mapping[str, Any], ...]
    parallel: Parallel
    trial: Trial | None = None

    def check(self, cell: Cell) -> None:
        """Check that the parts of *cell* fit together, before anything is written.

        Raises:
            IncompatibleError: two of them do not fit together.
        """
        fabric = self.parallel.fabric(cell.spec.training)
        run_context_of(self.plugins).benchmark(cell.spec, fabric.device).model(cell.seed)

    def compute(self, data: Mapping[str, Any], cell: Cell, folder: CellFolder) -> None:
        """Compute *cell*, made of the plain *data*, in its *folder*, which this process has locked.

        Raises:
            PrunedError: the search prunes this trial.
        """
        work = _Work(self, data, cell.seed, cell.arm, folder)
        self.parallel.launch(cell.spec.training, work)


@final
@dataclass(frozen=True)
class _Work:
    """The work of each process that computes one cell."""

    runner: CellRunner
    data: Mapping[str, Any]
    seed: int
    arm: str
    folder: CellFolder

    def __call__(self, fabric: "Fabric") -> None:
        """Train with the other processes; the first one measures and stores the cell."""
        started = perf_counter()
        context = run_context_of(self.runner.plugins)
        is_trial = self.runner.trial is not None
        cell = context.cell(context.spec(self.data), self.seed, arm=self.arm, is_trial=is_trial)
        benchmark = context.benchmark(cell.spec, fabric.device)
        # Now instead of at the end: the checkout may change during training.
        facts = {**environment(fabric), "data": benchmark.bank.facts()}
        trainer = _trainer(benchmark, cell, fabric)
        measurer = Measurer(benchmark, trainer.model, cell.seed)
        checkpoint = CheckpointFile(self.folder.checkpoint)
        begun = trainer.resume(checkpoint)
        earlier_seconds = begun.seconds
        if not fabric.is_global_zero:
            trainer.train(checkpoint, validate=measurer.validation)
            return
        trackers, trial = self.runner.trackers, self.runner.trial
        with cell_listeners(cell, self.folder, context, trackers=trackers, trial=trial) as listener:
            listener.began(begun)
            state = trainer.train(checkpoint, validate=measurer.validation, listeners=[listener])
        measured = measurer.trial() if cell.is_trial else measurer.final()
        seconds = perf_counter() - started + earlier_seconds
        result = _result(cell, measured, state, seconds=seconds, environment=facts)
        module: Any = trainer.model.module
        self.folder.finish(
            _stored(result), module.state_dict(), measured.error_frames, measured.predictions
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Fabric logs in a process that it starts before our code runs there.
        hush_fabric()
        self.__dict__.update(state)


def _trainer(benchmark: Benchmark, cell: Cell, fabric: "Fabric") -> Trainer:
    return Trainer(
        benchmark.model(cell.seed),
        benchmark.loss,
        benchmark.examples(cell.seed, Split.TRAIN),
        cell.spec.training,
        seed=cell.seed,
        fabric=fabric,
    )


def _result(
    cell: Cell,
    measured: Measurement,
    state: TrainingState,
    *,
    seconds: float,
    environment: Mapping[str, Any],
) -> CellResult:
    accuracies = [each["valid_accuracy"] for each in state.curve]
    return CellResult(
        digest=cell.digest,
        benchmark=cell.spec.benchmark,
        arm=cell.arm,
        seed=cell.seed,
        status="finished",
        seconds=seconds,
        train_seconds=state.seconds,
        train_sequences=cell.spec.training.examples * cell.spec.training.epochs,
        metrics={**measured.metrics, "curve_accuracy": sum(accuracies) / len(accuracies)},
        breakdowns=measured.breakdowns,
        reliability=measured.reliability,
        errors=measured.errors,
        curve=state.curve,
        environment=environment,
    )


def _stored(result: CellResult) -> dict[str, Any]:
    """The parts of a result that do not depend on the place of its folder."""
    stored = asdict(result)
    del stored["folder"], stored["is_reused"]
    return stored
