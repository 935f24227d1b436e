"""`seqreason run`."""

from typing import TYPE_CHECKING, Any

import typer

from seqreason.cli import options
from seqreason.errors import SpecError

if TYPE_CHECKING:
    from rich.console import Console

    from seqreason.spec import Plan
    from seqreason.suites import Means, Results, Store

_INTERRUPTED = 130


def run_command(
    spec: options.AnySpec,
    overrides: options.Overrides = None,
    seeds: options.Seeds = None,
    executor: options.ExecutorChoice = "sequential",
    tracker: options.TrackerChoices = None,
    devices: options.Devices = 1,
    nodes: options.Nodes = 1,
    dry_run: options.DryRun = False,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Train and test what SPEC declares: a benchmark, a suite of them, or an ablation.

    Every seed of every arm is a cell; a finished cell is kept and not run again. Several
    processes may work on one run folder. Ctrl-C is safe: the same command goes on from the last
    checkpoint.

    Examples:

      seqreason run quickstart

      seqreason run normal --set reasoner.cell=lstm --seeds 0,1

      seqreason run soft-vs-hard --executor processes

      seqreason run soft-vs-hard --dry-run

      seqreason run easy --plugin my_encoder.py --set encoder.kind=mine
    """
    from seqreason.cli.outcome import print_outcome
    from seqreason.cli.output import notes_console
    from seqreason.spec import load_plan
    from seqreason.suites import Means, NoObserver, Store, run_plan
    from seqreason.suites.parallel import Parallel
    from seqreason.suites.workbench import workbench_of

    console = notes_console()
    means = Means(
        plugins=tuple(plugin or ()),
        executor=_chosen(executor, "--executor"),
        trackers=tuple(_chosen(told, "--tracker") for told in tracker or ()),
        parallel=Parallel(devices, nodes),
    )
    notes: list[str] = []
    plan = load_plan(
        spec,
        workbench_of(means.plugins).registry,
        overrides=overrides or [],
        seeds=() if seeds is None else seeds_of(seeds),
        notes=notes,
    )
    for note in notes:
        console.print(note, style="dim", markup=False)
    store = Store(runs)
    if dry_run:
        _print_dry_run(plan, means, store, as_json=as_json)
        return
    if not means.parallel.is_first:
        run_plan(plan, means, store=store, observer=NoObserver())
        return
    results = _run_watched(plan, means, store, console)
    print_outcome(results, console, runs=runs, as_json=as_json)
    if not results.all_finished:
        raise typer.Exit(1)


def _run_watched(plan: "Plan", means: "Means", store: "Store", console: "Console") -> "Results":
    """Run *plan* under progress bars; Ctrl-C ends the command in good order."""
    from seqreason.cli.progress import ProgressBars
    from seqreason.suites import run_plan

    try:
        with ProgressBars(console) as observer:
            return run_plan(plan, means, store=store, observer=observer)
    except KeyboardInterrupt:
        console.print("Interrupted. The same command goes on from the last checkpoint.")
        raise typer.Exit(_INTERRUPTED) from None


def _print_dry_run(plan: "Plan", means: "Means", store: "Store", *, as_json: bool) -> None:
    from seqreason.cli.dry_run import print_dry_run
    from seqreason.suites.planning import plan_cells
    from seqreason.suites.workbench import workbench_of

    planned = plan_cells(plan.arms, workbench_of(means.plugins), store)
    print_dry_run(plan, planned, store, as_json=as_json)


def _chosen(told: str, option: str) -> dict[str, Any]:
    """A plug-in by its name, or by a mapping as in a spec file."""
    from seqreason.spec.files import parse_yaml

    if not told.lstrip().startswith("{"):
        return {"kind": told}
    chosen: dict[str, Any] = parse_yaml(told, where=option)
    return chosen


def seeds_of(told: str) -> list[int]:
    """What `--seeds 0,1` asks for.

    Raises:
        SpecError: it is something other than integers with commas between.
    """
    parts = [part.strip() for part in told.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise SpecError(f"--seeds {told}: expected integers with commas between, such as 0,1,2")
    return [int(part) for part in parts]
