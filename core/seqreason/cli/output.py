"""Where output goes: results to standard output, all else to standard error."""

import json
import os
from typing import Any, Final

import typer
from rich.console import Console

_FILE_WIDTH: Final = 120


def results_console() -> Console:
    """For what was asked for: on a terminal as wide as that, and in a file wide enough."""
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _FILE_WIDTH
    return console


def notes_console() -> Console:
    """For progress and remarks, so that results can be piped."""
    return Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
