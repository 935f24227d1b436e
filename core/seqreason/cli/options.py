"""Arguments and options that several commands share, and how their values are read."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seqreason.errors import SpecError

Spec = Annotated[str, Argument(metavar="SPEC", help="A spec file, or the name of a packaged spec.")]
AnySpec = Annotated[
    str,
    Argument(
        metavar="SPEC",
        help="A spec file (benchmark, suite or ablation), or the name of a packaged spec.",
    ),
]
Seed = Annotated[
    int | None,
    Option(
        min=0, metavar="N", help="The seed of the examples. Default: the first seed of the spec."
    ),
]
Overrides = Annotated[
    list[str] | None,
    Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a setting: [bold]--set reasoner.cell=lstm[/bold]. Repeatable.",
    ),
]
Plugins = Annotated[
    list[str] | None,
    Option(
        "--plugin",
        metavar="FILE_OR_MODULE",
        help="Load plug-ins from a Python file or module; this runs its code. Repeatable.",
    ),
]
AsJson = Annotated[bool, Option("--json", help="Print one JSON document instead of text.")]
RUNS_FOLDER = Path("runs")
Runs = Annotated[Path, Option("--runs", metavar="DIR", help="The folder that holds the cells.")]
Seeds = Annotated[
    str | None, Option("--seeds", metavar="0,1,2", help="Use these seeds instead of the spec's.")
]
ExecutorChoice = Annotated[
    str | None,
    Option(
        "--executor",
        metavar="NAME",
        help="The plug-in that computes the cells: see [bold]seqreason list executors[/bold]. With "
        "settings: [bold]'{kind: NAME, workers: 2}'[/bold]. Default: one cell after another.",
    ),
]
TrackerChoices = Annotated[
    list[str] | None,
    Option(
        "--tracker",
        metavar="NAME",
        help="A plug-in that records the training: see [bold]seqreason list trackers[/bold]. With "
        "settings as above. Repeatable.",
    ),
]
Devices = Annotated[
    int, Option("--devices", min=1, metavar="N", help="Train each cell on N devices.")
]
Nodes = Annotated[
    int,
    Option("--nodes", min=1, metavar="N", help="Train each cell on N machines; needs torchrun."),
]
DryRun = Annotated[
    bool, Option("--dry-run", help="List the cells that would be computed, and why. Compute none.")
]


def seeds_of(text: str) -> list[int]:
    """The seeds of `--seeds 0,1`.

    Raises:
        SpecError: *text* is not a list of integers, separated by commas.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise SpecError(f"--seeds {text}: expected integers separated by commas, such as 0,1,2")
    return [int(part) for part in parts]
