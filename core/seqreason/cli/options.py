"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from seqreason.errors import SpecError

Spec = Annotated[
    str, typer.Argument(metavar="SPEC", help="A spec file, or the name of a packaged one.")
]
AnySpec = Annotated[
    str,
    typer.Argument(
        metavar="SPEC",
        help="A file of a benchmark, a suite or an ablation, or the name of a packaged one.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a setting: [bold]--set reasoner.cell=lstm[/bold]. May be repeated.",
    ),
]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        metavar="FILE_OR_MODULE",
        help="Load plug-ins from a Python file or module; its code is run. May be repeated.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
RUNS_FOLDER = Path("runs")
Runs = Annotated[
    Path, typer.Option("--runs", metavar="DIR", help="The folder that holds the run folders.")
]
Seeds = Annotated[
    str | None,
    typer.Option("--seeds", metavar="0,1,2", help="Run these seeds, not the spec's own."),
]
ExecutorChoice = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="NAME",
        help="What computes the cells: sequential, processes, ray, submitit, or your own; with "
        "settings as in a spec: [bold]'{kind: processes, workers: 2}'[/bold].",
    ),
]
TrackerChoices = Annotated[
    list[str] | None,
    typer.Option(
        "--tracker",
        metavar="NAME",
        help="What follows the training: csv, tensorboard, mlflow, or your own; settings as above. "
        "May be repeated.",
    ),
]
Devices = Annotated[
    int,
    typer.Option("--devices", min=1, metavar="N", help="Train each cell on N devices at once."),
]
Nodes = Annotated[
    int,
    typer.Option(
        "--nodes", min=1, metavar="N", help="Train each cell on N machines, under torchrun."
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say which cells would be computed and why; compute none."),
]


def seeds_of(text: str) -> list[int]:
    """What `--seeds 0,1` asks for.

    Raises:
        SpecError: it is something other than integers with commas between.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise SpecError(f"--seeds {text}: expected integers with commas between, such as 0,1,2")
    return [int(part) for part in parts]
