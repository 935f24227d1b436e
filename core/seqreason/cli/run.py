"""`seqreason run`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqreason.cli import options
from seqreason.errors import SpecError

if TYPE_CHECKING:
    from rich.console import Console

    from seqreason.registry import Registry
    from seqreason.spec import BenchmarkSpec
    from seqreason.suites import CellResult, Results

_INTERRUPTED = 130


def run_command(
    spec: options.Spec,
    overrides: options.Overrides = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="0,1,2", help="Run these seeds, not the spec's own.")
    ] = None,
    executor: Annotated[
        str, typer.Option(metavar="NAME", help="What computes the cells.")
    ] = "sequential",
    tracker: Annotated[
        list[str] | None,
        typer.Option("--tracker", metavar="NAME", help="What follows the training. Repeatable."),
    ] = None,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Train and test what SPEC declares, once a seed; finished seeds are kept, not run again.

    Ctrl-C is safe: the same command goes on from the last checkpoint.

    Examples:

      seqreason run quickstart

      seqreason run normal --set reasoner.cell=lstm --seeds 0,1

      seqreason run easy-ocr --set source.path=letter.data.gz

      seqreason run easy --plugin my_encoder.py --set encoder.kind=mine
    """
    from seqreason.cli.output import notes_console, print_json
    from seqreason.registry import load_registry
    from seqreason.spec import load_benchmark

    console = notes_console()
    registry = load_registry(plugin or [])
    notes: list[str] = []
    changes = [*(overrides or []), *([f"seeds={seeds_of(seeds)}"] if seeds is not None else [])]
    checked = load_benchmark(spec, registry, overrides=changes, notes=notes)
    for note in notes:
        console.print(note, style="dim", markup=False)
    results = _run_watched(
        checked, registry, console, executor=executor, trackers=tracker or [], runs=runs
    )
    pictures = [_keep_pictures(cell, console) for cell in results]
    if as_json:
        print_json({"cells": [_as_json(cell) for cell in results]})
    else:
        _print_tables(results)
        _print_endings(results, pictures)
    if not results.all_finished:
        raise typer.Exit(1)


def _run_watched(
    spec: "BenchmarkSpec",
    registry: "Registry",
    console: "Console",
    *,
    executor: str,
    trackers: list[str],
    runs: Path,
) -> "Results":
    """Run *spec* under progress bars; Ctrl-C ends the command in good order."""
    from seqreason.cli.progress import ProgressBars
    from seqreason.suites import Store
    from seqreason.suites.running import run_benchmark

    try:
        with ProgressBars(console, spec) as observer:
            return run_benchmark(
                spec,
                registry,
                executor=executor,
                trackers=trackers,
                store=Store(runs),
                observer=observer,
            )
    except KeyboardInterrupt:
        console.print("Interrupted. The same command goes on from the last checkpoint.")
        raise typer.Exit(_INTERRUPTED) from None


def seeds_of(told: str) -> list[int]:
    """What `--seeds 0,1` asks for.

    Raises:
        SpecError: it is something other than integers with commas between.
    """
    parts = [part.strip() for part in told.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise SpecError(f"--seeds {told}: expected integers with commas between, such as 0,1,2")
    return [int(part) for part in parts]


def _as_json(cell: "CellResult") -> dict[str, Any]:
    return {
        "digest": cell.digest,
        "benchmark": cell.benchmark,
        "arm": cell.arm,
        "seed": cell.seed,
        "status": cell.status,
        "seconds": cell.seconds,
        "train_seconds": cell.train_seconds,
        "train_sequences": cell.train_sequences,
        "metrics": cell.metrics,
        "breakdowns": cell.breakdowns,
        "reliability": cell.reliability,
        "errors": cell.errors,
        "environment": cell.environment,
        "folder": cell.folder,
        "reused": cell.is_reused,
        "reason": cell.reason,
    }


def _print_tables(results: "Results") -> None:
    from seqreason.cli.output import results_console
    from seqreason.reports.tables import breakdown_table, limits_table, results_table

    console = results_console()
    console.print(results_table(results))
    console.print(limits_table(results))
    properties = dict.fromkeys(name for cell in results for name in cell.breakdowns)
    for table in (breakdown_table(results, name) for name in properties):
        if table is not None:
            console.print(table)


def _keep_pictures(cell: "CellResult", console: "Console") -> str:
    """Draw the cell's pictures, and return which are there; why others are not is a remark."""
    from seqreason.reports.pictures import keep_pictures

    kept = keep_pictures(cell)
    if kept.problems:
        told = f"{cell.arm} seed {cell.seed}: {'; '.join(kept.problems)}"
        console.print(told, style="dim", markup=False, soft_wrap=True)
    return ", ".join(kept.told)


def _print_endings(results: "Results", pictures: list[str]) -> None:
    """A line a cell: where it is kept and with which pictures, or why it is not."""
    from seqreason.cli.output import results_console

    console = results_console()
    for cell, told_of_pictures in zip(results, pictures, strict=True):
        if cell.reason:
            told = f"{cell.arm} seed {cell.seed} {cell.status}: {cell.reason}"
            console.print(told, style="red", markup=False, soft_wrap=True)
        else:
            origin = "found finished in" if cell.is_reused else "kept in"
            told = f"{cell.arm} seed {cell.seed}: {origin} {cell.folder}"
            told += f"; {told_of_pictures}" if told_of_pictures else ""
            console.print(told, style="dim", markup=False, soft_wrap=True)
