"""The recorded studies as Markdown tables, as the docs show them.

python -m seqreason_benchmarks.telling stages
"""

import json
from typing import Annotated, Any, Final

import numpy as np
import typer
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped,unused-ignore]  # scipy has no types

from seqreason_benchmarks.recording import RECORDS

_CONFIDENCE: Final = 0.95


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
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(arm: dict[str, Any], first: dict[str, Any], metrics: list[str]) -> list[str]:
    cells = [*arm["arm"].values()]
    for name in metrics:
        values = _values(arm, name)
        cells.append(f"{values.mean():.2f} ± {_half_width(values):.2f}")
        differences = values - _values(first, name)
        told = f"{differences.mean():+.2f} ± {_half_width(differences):.2f}".replace("-", "−")
        cells.append("" if arm is first else told)
    limits = ("perception_accuracy", "perception_errors", "reasoning_errors")
    cells.extend(f"{_values(arm, name).mean():.2f}" for name in limits)
    return cells


def _values(arm: dict[str, Any], metric: str) -> NDArray[np.float64]:
    """The metric of each seed in %, by rising seed."""
    cells = sorted(arm["cells"], key=lambda cell: int(cell["seed"]))
    return 100 * np.array([cell["metrics"][metric] for cell in cells])


def _half_width(values: NDArray[np.float64]) -> float:
    """Half the width of Student's interval for the mean."""
    quantile = stats.t.ppf((1 + _CONFIDENCE) / 2, len(values) - 1)
    return float(quantile * values.std(ddof=1) / np.sqrt(len(values)))


def main(study: Annotated[str, typer.Argument(help="The name of a recorded study.")]) -> None:
    """Print the table of a recorded study."""
    path = RECORDS / "studies" / f"{study}.json"
    typer.echo(told(json.loads(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    typer.run(main)
