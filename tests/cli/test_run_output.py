"""`seqreason run`: the summary of its cells, and the progress bars of a terminal."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from seqreason.cli.benchmarks.progress import ProgressBars
from seqreason.cli.benchmarks.run_output import summary
from seqreason.runs import CellResult


def cells(*, computed=0, found=0, **unfinished):
    finished = [False] * computed + [True] * found
    return [
        *(CellResult("", "b", "b", 0, "finished", is_reused=is_reused) for is_reused in finished),
        *(
            CellResult("", "b", "b", 0, status, reason="why")
            for status, count in unfinished.items()
            for _ in range(count)
        ),
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"computed": 12}, "12 cells finished, all computed now, kept in runs/."),
        ({"found": 12}, "12 cells finished, all found from an earlier run, kept in runs/."),
        ({"computed": 1}, "1 cell finished, computed now, kept in runs/."),
        ({"found": 1}, "1 cell finished, found from an earlier run, kept in runs/."),
        (
            {"computed": 9, "found": 3},
            "12 cells finished, 9 computed now and 3 found from an earlier run, kept in runs/.",
        ),
        (
            {"computed": 8, "failed": 2, "skipped": 1, "pruned": 1},
            "8 of 12 cells finished, all computed now, kept in runs/. "
            "2 failed, 1 skipped, 1 pruned.",
        ),
        (
            {"found": 1, "failed": 1},
            "1 of 2 cells finished, found from an earlier run, kept in runs/. 1 failed.",
        ),
        ({"failed": 1}, "0 of 1 cell finished. 1 failed."),
    ],
)
def test_a_run_ends_with_how_many_cells_finished_and_where_they_are(counts, expected):
    assert summary(cells(**counts), Path("runs")) == expected


def test_a_terminal_shows_the_loss_and_the_accuracies_of_each_step():
    console = Console(force_terminal=True, record=True, width=120)
    training = SimpleNamespace(num_steps=10, batch_size=20, steps_per_epoch=5, epochs=2)
    cell = SimpleNamespace(title="tiny, seed 0", spec=SimpleNamespace(training=training))
    metrics = {"loss": 0.25, "batch_perception_accuracy": 0.5, "batch_last_accuracy": 0.125}
    bars = ProgressBars(console)
    with bars.progress:
        bars.measured(cell, 1, metrics)
    assert "loss 0.25000  perception 50.0 %  next 12.5 %" in console.export_text()
