"""Recording results: run a packaged spec, and write its record.

    python -m seqreason_benchmarks.recording normal-ocr --set source.path=letter.data.gz

writes `records/normal-ocr.json`. Suites and ablations go to `records/suites/`. Finished cells in
the run folder are used, so you can train once with `seqreason run` and record afterwards.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer import Argument, Option

import seqreason
from seqreason.cli import run_reporting_errors
from seqreason.cli.benchmarks.run_output import results_as_json
from seqreason.errors import SeqreasonError
from seqreason.runs import CellResult
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import mean_of
from seqreason.spec.digest import digest_of
from seqreason.spec.metrics import columns, is_of_right_answers

RECORDS: Final = Path(__file__).parent / "records"
SUITES: Final = RECORDS / "suites"


def record(
    spec: Annotated[str, Argument(help="The name of a packaged spec.")],
    overrides: Annotated[
        list[str] | None, Option("--set", metavar="PATH=VALUE", help="As for `seqreason run`.")
    ] = None,
    runs: Annotated[Path, Option(help="The folder that holds the run folders.")] = Path("runs"),
    out: Annotated[Path, Option(help="Where records are written.")] = RECORDS,
) -> None:
    """Run SPEC at its own seeds, or use its finished cells, and write its record."""
    results = seqreason.run(spec, overrides=overrides or [], runs=runs)
    if not results.all_finished:
        raise SeqreasonError(f"{spec}: cannot be recorded, because not all of its cells finished")
    has_arms = len(results.by_arm()) > 1
    describe = describe_suite if has_arms else describe_benchmark
    path = (out / "suites" if has_arms else out) / f"{spec}.json"
    document = describe(spec, results, overrides or [])
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1 if has_arms else 2) + "\n", encoding="utf-8")
    typer.echo(f"{path.name}: {len(results)} cells")


def describe_benchmark(
    spec: str, results: seqreason.Results, overrides: Sequence[str]
) -> dict[str, Any]:
    """The record of one benchmark's finished cells, without paths of this machine."""
    identity = _identity_of(next(iter(results)))
    names = next(iter(results)).metrics
    return {
        "spec": spec,
        "spec_digest": digest_of(identity["spec"]),
        **_declared(identity),
        "command": _command(spec, overrides),
        "seeds": [cell.seed for cell in results],
        "mean": {name: results.mean(name) for name in names},
        "cells": [
            {
                "digest": cell.digest,
                "seed": cell.seed,
                "seconds": round(cell.seconds, 1),
                "train_seconds": round(cell.train_seconds, 1),
                "train_sequences": cell.train_sequences,
                "metrics": cell.metrics,
                "breakdowns": {
                    name: {row["value"]: row["accuracy"] for row in rows}
                    for name, rows in cell.breakdowns.items()
                },
                "environment": cell.environment,
            }
            for cell in results
        ],
    }


def describe_suite(
    spec: str, results: seqreason.Results, overrides: Sequence[str]
) -> dict[str, Any]:
    """The record of several arms as plain data: their cells in short, and the evidence."""
    outcome = results_as_json(results)
    cells = results.by_arm()
    question = results.question
    return {
        "spec": spec,
        "command": _command(spec, overrides),
        "metric": question.metric,
        "claim": question.claim,
        "smallest_difference": question.smallest_difference,
        "commits": sorted({str(cell.environment["commit"]) for cell in results}),
        "environment": next(iter(results)).environment,
        "arms": [{**arm, **_of_arm(cells[arm["arm"]])} for arm in outcome["arms"]],
        "contrasts": outcome["contrasts"],
        "summary": outcome["summary"],
    }


def _of_arm(cells: Sequence[CellResult]) -> dict[str, Any]:
    """The settings of an arm, and its cells."""
    return {
        **_declared(_identity_of(cells[0])),
        "means": _short(cells[0], {name: mean_of(cells, name) for name in cells[0].metrics}),
        "cells": [
            {
                "digest": cell.digest,
                "seed": cell.seed,
                "train_seconds": round(cell.train_seconds, 1),
                "metrics": _short(cell, cell.metrics),
            }
            for cell in cells
        ],
    }


def _short(cell: CellResult, metrics: Any) -> dict[str, Any]:
    """Those of *metrics* that a suite's record keeps."""
    tests = [name for name in cell.metrics if is_of_right_answers(name)]
    return {name: metrics[name] for name in (*tests, *columns("record").values())}


def _declared(identity: dict[str, Any]) -> dict[str, Any]:
    return {
        "declared": identity["spec"],
        "plugins": {name: plugin["version"] for name, plugin in identity["plugins"].items()},
    }


def _identity_of(cell: CellResult) -> dict[str, Any]:
    """Everything that the cell's result depends on, from its run folder."""
    return CellFolder(Path(cell.folder)).identity()


def _command(spec: str, overrides: Sequence[str]) -> str:
    changes = [f"--set {without_folder(override)}" for override in overrides]
    return " ".join(["seqreason run", spec, *changes])


def without_folder(override: str) -> str:
    """*override* without the folder of a file: `source.path=letter.data.gz`."""
    setting, _, value = override.partition("=")
    return f"{setting}={Path(value).name}" if setting.endswith(".path") else override


if __name__ == "__main__":
    run_reporting_errors(lambda: typer.run(record), name="recording")
