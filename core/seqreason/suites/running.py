"""`run`: from a spec to results."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqreason.assembly import assemble
from seqreason.interfaces import Executor, ExecutorContext
from seqreason.registry import Registry, load_registry
from seqreason.spec import BenchmarkSpec, load_benchmark
from seqreason.suites.cell import Cell
from seqreason.suites.cell_runner import CellRunner
from seqreason.suites.observer import NoObserver, Observer
from seqreason.suites.results import Results
from seqreason.suites.store import Store
from seqreason.training import make_fabric


def run(
    spec: str | Path | Mapping[str, Any],
    *,
    overrides: Iterable[str] = (),
    seeds: Sequence[int] = (),
    plugins: Sequence[str] = (),
    executor: str = "sequential",
    trackers: Sequence[str] = (),
    runs: str | Path = "runs",
    observer: Observer | None = None,
) -> Results:
    """Run a benchmark: every seed is a cell, and a cell that is finished is not run again.

    Args:
        spec: a spec file, the name of a packaged spec, or a spec as plain data.
        overrides: changes to it, `"reasoner.cell=lstm"`.
        seeds: instead of the spec's own.
        plugins: files or modules with plug-ins that are not installed.
        executor: the name of the executor that computes the cells.
        trackers: the names of trackers that follow the training.
        runs: the folder that holds the run folders.
        observer: is told how it goes.

    Raises:
        SeqreasonError: the spec, a plug-in, the data or the folder is at fault. What fails in
            a cell is in its result instead.
    """
    registry = load_registry(plugins)
    at_seeds = [f"seeds={list(seeds)}"] if seeds else []
    checked = load_benchmark(spec, registry, overrides=[*overrides, *at_seeds])
    return run_benchmark(
        checked,
        registry,
        executor=executor,
        trackers=trackers,
        store=Store(Path(runs)),
        observer=observer or NoObserver(),
    )


def run_benchmark(
    spec: BenchmarkSpec,
    registry: Registry,
    *,
    executor: str,
    trackers: Sequence[str],
    store: Store,
    observer: Observer,
) -> Results:
    """Run a checked spec; see `run`."""
    # Everything that a user can have got wrong is found before the first file is written.
    for name in trackers:
        registry.find("tracker", name)
    context = ExecutorContext(num_cores=os.cpu_count() or 1)
    config = registry.default_config("executor", executor)
    chosen = registry.build(Executor, executor, config, context)
    store.check_writable()
    fabric = make_fabric(spec.training)
    benchmark = assemble(spec, registry, device=fabric.device, progress=observer.preparing)
    for note in benchmark.notes:
        observer.noted(note)
    cells = [
        Cell.of(spec, seed, registry, data_digest=benchmark.data_digest) for seed in spec.seeds
    ]
    runner = CellRunner(benchmark, registry, store, fabric, observer, trackers)
    outcomes = dict(chosen.execute(runner, cells))
    return Results(tuple(outcomes[place] for place in range(len(cells))))
