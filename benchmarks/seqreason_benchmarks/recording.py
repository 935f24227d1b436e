"""Recording a measured result: run a packaged spec, and write down what came out.

    python -m seqreason_benchmarks.recording normal-ocr --set source.path=letter.data.gz

writes `records/normal-ocr.json`. Finished cells are taken from the run folder, so a long
training is run once with `seqreason run` and recorded afterwards.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import seqreason
from seqreason.cli import run_told
from seqreason.errors import SeqreasonError
from seqreason.spec.digest import digest_of
from seqreason.suites import CellResult

RECORDS: Final = Path(__file__).parent / "records"


def record(
    spec: Annotated[str, typer.Argument(help="The name of a packaged spec.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="As for `seqreason run`."),
    ] = None,
    runs: Annotated[Path, typer.Option(help="The folder that holds the run folders.")] = Path(
        "runs"
    ),
    out: Annotated[Path, typer.Option(help="Where records are written.")] = RECORDS,
) -> None:
    """Run SPEC at its own seeds, or find it finished, and write its record."""
    results = seqreason.run(spec, overrides=overrides or [], runs=runs)
    if not results.all_finished:
        raise SeqreasonError("only a run whose every cell is finished can be recorded")
    path = out / f"{spec}.json"
    document = describe(spec, results, overrides or [])
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{path.name}: {len(results)} cells")


def describe(spec: str, results: seqreason.Results, overrides: list[str]) -> dict[str, Any]:
    """The record of finished cells as plain data, without a path of this machine."""
    identity = identity_of(next(iter(results)))
    told = [without_folder(override) for override in overrides]
    names = next(iter(results)).metrics
    return {
        "spec": spec,
        "spec_digest": digest_of(identity["spec"]),
        "declared": identity["spec"],
        "plugins": {name: told["version"] for name, told in identity["plugins"].items()},
        "command": " ".join(["seqreason run", spec, *(f"--set {override}" for override in told)]),
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


def identity_of(cell: CellResult) -> dict[str, Any]:
    """All that the cell's result depends on, as its run folder tells."""
    identity: dict[str, Any] = json.loads((Path(cell.folder) / "cell.json").read_text("utf-8"))
    return identity


def without_folder(override: str) -> str:
    """`source.path=letter.data.gz` for a file that lies anywhere."""
    setting, _, value = override.partition("=")
    return f"{setting}={Path(value).name}" if setting.endswith(".path") else override


if __name__ == "__main__":
    run_told(lambda: typer.run(record), name="recording")
