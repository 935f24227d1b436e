"""`run`: from a spec to results."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from seqreason.errors import IncompatibleError
from seqreason.interfaces import Executor, ExecutorContext
from seqreason.registry import Registry
from seqreason.runs.execution.computer import Computer
from seqreason.runs.execution.job import JobRunner
from seqreason.runs.execution.observer import NoObserver, Observer
from seqreason.runs.execution.parallel import Parallel
from seqreason.runs.execution.planned_cells import plan_cells
from seqreason.runs.execution.run_context import RunContext, run_context_of
from seqreason.runs.results.results import Results
from seqreason.runs.search.search import search_results
from seqreason.runs.search.search_result import SearchResult
from seqreason.runs.store.store import Store
from seqreason.spec import Arm, Plan, PluginChoice, load_plan
from seqreason.spec.loading import load_choice


@final
@dataclass(frozen=True)
class RunOptions:
    """How to run a plan; none of these options is part of a cell's identity.

    Attributes:
        plugins: files or modules with plug-ins that are not installed.
        executor: name and settings, as in a spec file; None: the default one.
        trackers: the same, `{"kind": NAME, …}`.
    """

    plugins: tuple[str, ...] = ()
    executor: Mapping[str, Any] | None = None
    trackers: tuple[Mapping[str, Any], ...] = ()
    parallel: Parallel = field(default_factory=Parallel)


def run(
    spec: str | Path | Mapping[str, Any],
    *,
    overrides: Iterable[str] = (),
    seeds: Sequence[int] = (),
    plugins: Sequence[str] = (),
    executor: str | Mapping[str, Any] | None = None,
    trackers: Sequence[str | Mapping[str, Any]] = (),
    devices: int = 1,
    nodes: int = 1,
    runs: str | Path = "runs",
    observer: Observer | None = None,
) -> Results:
    """Run a benchmark, a suite or an ablation; finished cells are not run again.

    Args:
        spec: a spec file, the name of a packaged spec, or a spec as plain data.
        overrides: changes to it, `"reasoner.cell=lstm"`.
        seeds: instead of the spec's own.
        plugins: files or modules with plug-ins that are not installed.
        executor: the name of the executor that computes the cells, or `{"kind": NAME, …}`; None:
            they are computed one after another in this process.
        trackers: the names of trackers that follow the training, or `{"kind": NAME, …}`.
        devices, nodes: how many to train each cell on, data-parallel.
        runs: the folder that holds the run folders.
        observer: follows the progress of the run.

    Raises:
        SeqreasonError: the spec, a plug-in, the data or the folder is at fault. An error inside
            one cell does not raise; see that cell's `status` and `reason`.
    """
    options = RunOptions(
        plugins=tuple(plugins),
        executor=None if executor is None else named(executor),
        trackers=tuple(named(tracker) for tracker in trackers),
        parallel=Parallel(devices, nodes),
    )
    plan = load_plan(
        spec, run_context_of(options.plugins).registry, overrides=overrides, seeds=tuple(seeds)
    )
    return run_plan(plan, options, store=Store(Path(runs)), observer=observer or NoObserver())


def run_plan(plan: Plan, options: RunOptions, *, store: Store, observer: Observer) -> Results:
    """Run a checked plan; see `run`."""
    context = RunContext(run_context_of(options.plugins).registry, progress=observer.preparing)
    choice = chosen_executor(options, context.registry)

    def computer() -> Computer:
        executor = _executor(choice, plan, store, context.registry)
        store.prepare()
        return Computer(executor, _runner(plan, options, store), observer)

    arms, searches = list(plan.arms), list[SearchResult]()
    if plan.search is not None:
        _check_parts(arms, context, options.parallel, observer)
        arms, searches = search_results(arms, plan.search, store, context, computer())
    planned = plan_cells(arms, context, store)
    results = {place: result for place, cell in enumerate(planned) if (result := cell.result())}
    left = {place: cell for place, cell in enumerate(planned) if place not in results}
    if left:
        _check_parts([cell.arm for cell in left.values()], context, options.parallel, observer)
        results |= computer().compute(left, done=len(results))
    ordered = tuple(results[place] for place in sorted(results))
    return Results(ordered, plan.question, tuple(searches))


def named(choice: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A plug-in choice as in a spec file; a name alone means no settings."""
    return {"kind": choice} if isinstance(choice, str) else dict(choice)


def chosen_executor(options: RunOptions, registry: Registry) -> PluginChoice:
    """The chosen executor; checks it and the trackers before anything is written.

    Raises:
        SpecError: there is no such executor or tracker, or its settings are wrong.
    """
    for tracker in options.trackers:
        load_choice("tracker", tracker, registry, where="tracker")
    executor = options.executor or {"kind": registry.default("executor")}
    return load_choice("executor", executor, registry, where="executor")


def _executor(choice: PluginChoice, plan: Plan, store: Store, registry: Registry) -> Executor:
    context = ExecutorContext(
        num_cores=os.cpu_count() or 1,
        cpus_per_job=plan.resources.cpus,
        gpus_per_job=plan.resources.gpus,
        folder=store.root.absolute(),
    )
    return registry.build(Executor, choice.kind, choice.config, context)


def _runner(plan: Plan, options: RunOptions, store: Store) -> JobRunner:
    plugins = tuple(
        str(Path(name).absolute()) if Path(name).is_file() else name for name in options.plugins
    )
    runs = str(store.root.absolute())
    return JobRunner(plugins, runs, options.trackers, plan.resources.cpus, options.parallel)


def _check_parts(
    arms: Iterable[Arm], context: RunContext, parallel: Parallel, observer: Observer
) -> None:
    """Make the parts of every arm that has cells to compute, so that errors appear first."""
    noted = set[str]()
    for arm in {arm.name: arm for arm in arms}.values():
        fabric = parallel.fabric(arm.spec.training)
        try:
            benchmark = context.benchmark(arm.spec, fabric.device)
        except IncompatibleError:
            # Its cells will be skipped with the reason.
            continue
        for note in benchmark.notes:
            if note not in noted:
                observer.noted(note)
                noted.add(note)
