"""Where output goes: results to standard output, everything else to standard error."""

import json
import os
from typing import Any, Final

import typer
from rich.console import Console

_FILE_WIDTH: Final = 120


def results_console() -> Console:
    """Standard output, for results: as wide as the terminal, or wide enough for a file."""
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _FILE_WIDTH
    return console


def notes_console() -> Console:
    """Standard error, for progress and notes, so that you can pipe the results."""
    return Console(stderr=True, highlight=False)


def format_size(num_bytes: int) -> str:
    """A number of bytes for people: `1.2 MB`, or `3.4 kB` below a tenth of that."""
    mega = num_bytes >= 100_000
    return f"{num_bytes / 1e6:.1f} MB" if mega else f"{num_bytes / 1e3:.1f} kB"


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
