"""`seqreason run`."""

from typing import Any

import typer

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import notes_console, print_note

with lazy_imports():
    from seqreason.cli.benchmarks.dry_run import print_dry_run
    from seqreason.cli.benchmarks.progress import ProgressBars
    from seqreason.cli.benchmarks.run_output import print_results
    from seqreason.runs import NoObserver, Results, RunOptions, Store, run_plan
    from seqreason.runs.execution.parallel import Parallel
    from seqreason.runs.execution.planned_cells import plan_cells
    from seqreason.runs.execution.run_context import run_context_of
    from seqreason.runs.running import chosen_executor
    from seqreason.spec import Plan, load_plan
    from seqreason.spec.files import parse_yaml


_INTERRUPTED = 130


@when_run
def run_command(
    spec: options.AnySpec,
    overrides: options.Overrides = None,
    seeds: options.Seeds = None,
    executor: options.ExecutorChoice = None,
    tracker: options.TrackerChoices = None,
    devices: options.Devices = 1,
    nodes: options.Nodes = 1,
    dry_run: options.DryRun = False,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Train and test a benchmark, a suite or an ablation.

    Each seed of each arm is a cell. A finished cell is kept, and is not run
    again. Several processes may share one run folder. You can stop with Ctrl-C:
    the same command resumes from the last checkpoint.

    Examples:

      seqreason run quickstart

      seqreason run normal --set reasoner.cell=lstm --seeds 0,1

      seqreason run soft-vs-hard --executor processes

      seqreason run soft-vs-hard --dry-run

      seqreason run easy --plugin my_encoder.py --set encoder.kind=mine
    """
    run_options = RunOptions(
        plugins=tuple(plugin or ()),
        executor=None if executor is None else _chosen(executor, "--executor"),
        trackers=tuple(_chosen(value, "--tracker") for value in tracker or ()),
        parallel=Parallel(devices, nodes),
    )
    context, store, notes = run_context_of(run_options.plugins), Store(runs), list[str]()
    chosen = () if seeds is None else options.seeds_of(seeds)
    plan = load_plan(spec, context.registry, overrides=overrides or [], seeds=chosen, notes=notes)
    for note in notes:
        print_note(note)
    if dry_run:
        chosen_executor(run_options, context.registry)
        print_dry_run(plan, plan_cells(plan.arms, context, store), store, as_json=as_json)
        return
    if not run_options.parallel.is_first:
        run_plan(plan, run_options, store=store, observer=NoObserver())
        return
    results = _run_watched(plan, run_options, store)
    print_results(results, runs=runs, as_json=as_json)
    if not results.all_finished:
        raise typer.Exit(1)


def _run_watched(plan: "Plan", run_options: "RunOptions", store: "Store") -> "Results":
    """Run *plan* with progress bars; Ctrl-C exits without a traceback."""
    observer = ProgressBars(notes_console())
    try:
        with observer.progress:
            return run_plan(plan, run_options, store=store, observer=observer)
    except KeyboardInterrupt:
        typer.echo("Interrupted. Run it again to resume from the last checkpoint.", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _chosen(value: str, option: str) -> dict[str, Any]:
    """The plug-in that *value* names; a spec's mapping gives its settings too."""
    if not value.lstrip().startswith("{"):
        return {"kind": value}
    chosen: dict[str, Any] = parse_yaml(value, where=option)
    return chosen
