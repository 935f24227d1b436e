"""The recorded studies as Markdown tables, as the docs show them.

python -m seqreason_benchmarks.telling stages
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from numpy.typing import NDArray

from seqreason.cli import run_told
from seqreason.errors import UnknownNameError
from seqreason.statistics import student
from seqreason_benchmarks.recording import RECORDS

_RECIPE: Final = {
    "test, %": "test_accuracy",
    "ceiling as seen, %": "perceived_ceiling_accuracy",
    "ceiling, %": "ceiling_accuracy",
    "symbols seen, %": "perception_accuracy",
    "wrong by perception, %": "perception_errors",
    "wrong by reasoning, %": "reasoning_errors",
    "ECE, %": "calibration_error",
}


def told_recipes(records: Mapping[str, dict[str, Any]]) -> str:
    """A row a recorded spec: means over seeds, the test accuracy with its 95 % interval."""
    rows = [["spec", *_RECIPE], ["---"] * (1 + len(_RECIPE))]
    for name, record in records.items():
        rows.append([f"`{name}`", *(_mean(record, metric) for metric in _RECIPE.values())])
    return _markdown(rows)


def told_lengths(records: Mapping[str, dict[str, Any]]) -> str:
    """A row a length, a column a recorded spec with several: the mean test accuracy in %."""
    by_length = {
        name: [cell["breakdowns"]["length"] for cell in record["cells"]]
        for name, record in records.items()
        if len(record["cells"][0]["breakdowns"]["length"]) > 1
    }
    lengths = sorted({int(length) for cells in by_length.values() for length in cells[0]})
    rows = [["length", *(f"`{name}`" for name in by_length)], ["---"] * (1 + len(by_length))]
    for length in map(str, lengths):
        means = [np.mean([cell[length] for cell in cells]) for cells in by_length.values()]
        rows.append([length, *(f"{100 * mean:.2f}" for mean in means)])
    return _markdown(rows)


def told(document: dict[str, Any]) -> str:
    """A row an arm: accuracies with 95 % intervals over seeds, and the difference to the first.

    The differences are paired: the same seed has the same examples in every arm.
    """
    arms = document["arms"]
    shifted = [name for name in arms[0]["cells"][0]["metrics"] if name.startswith("test_accuracy/")]
    metrics = ["test_accuracy", *shifted]
    headings = [*arms[0]["arm"]]
    for name in metrics:
        label = name.partition("/")[2] or "test"
        headings += [f"{label}, %", f"{label}, to the first"]
    headings += ["symbols seen, %", "wrong by perception, %", "wrong by reasoning, %"]
    rows = [_row(arm, arms[0], metrics) for arm in arms]
    return _markdown([headings, ["---"] * len(headings), *rows])


def _markdown(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _mean(record: dict[str, Any], metric: str) -> str:
    """The metric's mean over seeds; a dash where a record is from before there was that metric."""
    if record["mean"].get(metric) is None:
        return "–"
    values = _values(record, metric)
    if metric != "test_accuracy":
        return f"{values.mean():.2f}"
    return f"**{values.mean():.2f}** ± {_radius(values):.2f}"


def _row(arm: dict[str, Any], first: dict[str, Any], metrics: list[str]) -> list[str]:
    cells = [*arm["arm"].values()]
    for name in metrics:
        values = _values(arm, name)
        cells.append(f"{values.mean():.2f} ± {_radius(values):.2f}")
        differences = values - _values(first, name)
        told = f"{differences.mean():+.2f} ± {_radius(differences):.2f}".replace("-", "−")
        cells.append("" if arm is first else told)
    limits = ("perception_accuracy", "perception_errors", "reasoning_errors")
    cells.extend(f"{_values(arm, name).mean():.2f}" for name in limits)
    return cells


def _values(arm: dict[str, Any], metric: str) -> NDArray[np.float64]:
    """The metric of each seed in %, by rising seed."""
    cells = sorted(arm["cells"], key=lambda cell: int(cell["seed"]))
    return 100 * np.array([cell["metrics"][metric] for cell in cells])


def _radius(values: NDArray[np.float64]) -> float:
    """Half the width of Student's 95 % interval for the mean."""
    interval = student(values)
    return interval.high - interval.estimate


def recorded(folder: Path = RECORDS) -> dict[str, dict[str, Any]]:
    """Every record in *folder* by its name."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def main(
    study: Annotated[str, typer.Argument(help="A recorded study; none: all recorded specs.")] = "",
) -> None:
    """Print the table of a recorded study, or those of every recorded spec."""
    if not study:
        typer.echo(f"{told_recipes(recorded())}\n\n{told_lengths(recorded())}")
        return
    studies = recorded(RECORDS / "studies")
    if study not in studies:
        raise UnknownNameError(study, noun="recorded study", known=list(studies))
    typer.echo(told(studies[study]))


if __name__ == "__main__":
    run_told(lambda: typer.run(main), name="telling")
