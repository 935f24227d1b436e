"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

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
