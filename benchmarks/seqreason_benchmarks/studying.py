"""Studies: arms of one benchmark, run at the same seeds and told as a table with intervals.

    python -m seqreason_benchmarks.studying stages --set source.path=letter.data.gz

writes `records/studies/stages.json`. A study is a file in `studies/`: a packaged spec as the
*baseline*, *changes* of it that all arms share, and *axes*, each a mapping from a name to further
changes; an arm is one choice from every axis. Finished cells are taken from the run folder,
so several processes with other `--seeds` may compute them before.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, final

import typer
import yaml

import seqreason
from seqreason.cli import run_told
from seqreason.cli.run import seeds_of
from seqreason.errors import SeqreasonError, UnknownNameError
from seqreason.suites import CellResult
from seqreason_benchmarks.recording import RECORDS, identity_of, without_folder

STUDIES: Final = Path(__file__).parent / "studies"
_TOLD: Final = (
    "test_accuracy",
    "ceiling_accuracy",
    "perceived_ceiling_accuracy",
    "perception_accuracy",
    "perception_errors",
    "reasoning_errors",
    "irreducible_errors",
    "calibration_error",
)


@final
@dataclass(frozen=True)
class Study:
    """What a study file declares."""

    name: str
    baseline: str
    changes: Mapping[str, Any]
    axes: Mapping[str, Mapping[str, Mapping[str, Any]]]
    seeds: Sequence[int]

    @classmethod
    def load(cls, name: str) -> "Study":
        """The packaged study of that name.

        Raises:
            UnknownNameError: there is none.
        """
        path = STUDIES / f"{name}.yaml"
        if not path.exists():
            known = sorted(file.stem for file in STUDIES.glob("*.yaml"))
            raise UnknownNameError(name, noun="study", known=known)
        return cls(name=name, **yaml.safe_load(path.read_text(encoding="utf-8")))

    def arms(self) -> Iterator[tuple[dict[str, str], list[str]]]:
        """Each arm: its choice from every axis, and its overrides of the baseline."""
        for chosen in itertools.product(*(axis.items() for axis in self.axes.values())):
            names = [name for name, _ in chosen]
            changes = [self.changes, *(more for _, more in chosen)]
            overrides = [
                # JSON is YAML, and says strings and lists on one line.
                f"{path}={json.dumps(value)}"
                for some in changes
                for path, value in some.items()
            ]
            yield dict(zip(self.axes, names, strict=True)), overrides


def study(
    name: Annotated[str, typer.Argument(help="The name of a packaged study.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="As for `seqreason run`, in every arm."),
    ] = None,
    seeds: Annotated[
        str, typer.Option(metavar="0,1", help="Compute these seeds only, and write no record.")
    ] = "",
    runs: Annotated[Path, typer.Option(help="The folder that holds the run folders.")] = Path(
        "runs"
    ),
    out: Annotated[Path, typer.Option(help="Where records are written.")] = RECORDS / "studies",
) -> None:
    """Run every arm of a study, or find it finished, and write the record."""
    declared = Study.load(name)
    chosen = seeds_of(seeds) if seeds else list(declared.seeds)
    arms = []
    for arm, changes in declared.arms():
        results = seqreason.run(
            declared.baseline, overrides=[*changes, *(overrides or [])], seeds=chosen, runs=runs
        )
        if not results.all_finished:
            reasons = "; ".join(cell.reason for cell in results if cell.reason)
            raise SeqreasonError(f"{', '.join(arm.values())}: not finished: {reasons}")
        typer.echo(f"{', '.join(arm.values())}: {100 * results.mean('test_accuracy'):.2f} %")
        arms.append(_arm(arm, changes, results))
    if not seeds:
        document = _document(declared, arms, overrides or [])
        path = out / f"{name}.json"
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        typer.echo(f"{path.name}: {len(arms)} arms")


def _arm(arm: dict[str, str], changes: list[str], results: seqreason.Results) -> dict[str, Any]:
    identity = identity_of(next(iter(results)))
    return {
        "arm": arm,
        "changes": changes,
        "declared": identity["spec"],
        "plugins": {name: told["version"] for name, told in identity["plugins"].items()},
        "cells": [_cell(cell) for cell in results],
        "environment": next(iter(results)).environment,
    }


def _cell(cell: CellResult) -> dict[str, Any]:
    shifted = [name for name in cell.metrics if name.startswith("test_accuracy/")]
    return {
        "digest": cell.digest,
        "seed": cell.seed,
        "train_seconds": round(cell.train_seconds, 1),
        "metrics": {name: cell.metrics[name] for name in (*_TOLD, *shifted)},
    }


def _document(declared: Study, arms: list[dict[str, Any]], overrides: list[str]) -> dict[str, Any]:
    settings = "".join(f" --set {without_folder(override)}" for override in overrides)
    environments = [arm.pop("environment") for arm in arms]
    return {
        "study": declared.name,
        "baseline": declared.baseline,
        "command": f"python -m seqreason_benchmarks.studying {declared.name}{settings}",
        "seeds": list(declared.seeds),
        "commits": sorted({str(environment["commit"]) for environment in environments}),
        "environment": environments[0],
        "arms": arms,
    }


if __name__ == "__main__":
    run_told(lambda: typer.run(study), name="studying")
