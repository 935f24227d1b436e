"""The throughput of two workers, relative to one.

    python -m seqreason_benchmarks.speed.throughput

runs the same cells with the executor `processes`, in turns with one worker and with two, each time
in a new run folder. It prints the ratio of their throughputs. A cell has one thread, so the ratio
should be nearly two on two cores.
"""

import tempfile
from statistics import median
from time import perf_counter
from typing import Annotated, Final

import typer

import seqreason
from seqreason.cli import run_reporting_errors
from seqreason.errors import SeqreasonError

_TURNS: Final = (1, 2, 2, 1)
_SPEC: Final = "quickstart"


def measure(
    cells: Annotated[int, typer.Option(min=2, help="How many cells each run computes.")] = 8,
    examples: Annotated[int, typer.Option(min=20, help="Training sequences of a cell.")] = 6_000,
) -> None:
    """Print the throughput of one worker, of two, and their ratio."""
    overrides = [
        "resources.cpus=1",
        "training.epochs=1",
        f"training.examples={examples}",
        "evaluation.examples=1000",
        "evaluation.train_examples=500",
    ]
    # Draw the glyphs before timing, because only the first run of all draws them.
    seqreason.dataset(_SPEC, "train", overrides=overrides)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for workers in _TURNS:
        seconds[workers].append(_seconds(overrides, cells=cells, workers=workers))
    per_minute = {workers: 60 * cells / median(durations) for workers, durations in seconds.items()}
    one, two = per_minute[1], per_minute[2]
    typer.echo(
        f"{cells} cells: {one:.1f} a minute with one worker, {two:.1f} with two; × {two / one:.2f}"
    )


def _seconds(overrides: list[str], *, cells: int, workers: int) -> float:
    """The duration of the run, with the start of its workers."""
    with tempfile.TemporaryDirectory() as runs:
        started = perf_counter()
        results = seqreason.run(
            _SPEC,
            overrides=overrides,
            seeds=list(range(cells)),
            executor={"kind": "processes", "workers": workers},
            runs=runs,
        )
        duration = perf_counter() - started
    if not results.all_finished:
        reasons = "; ".join(cell.reason for cell in results if cell.reason)
        raise SeqreasonError(f"not all cells finished: {reasons}")
    return duration


if __name__ == "__main__":
    run_reporting_errors(lambda: typer.run(measure), name="throughput")
