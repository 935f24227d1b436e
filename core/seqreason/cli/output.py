"""Where output goes: results to standard output, everything else to standard error."""

import json
import os
from collections.abc import Container
from typing import Any, Final, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table

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


def print_line(text: str, *, style: str = "") -> None:
    """Print *text* as it is, without wrapping it, on standard output."""
    results_console().print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def print_note(text: str) -> None:
    """Print *text* as it is, without wrapping it, on standard error."""
    notes_console().print(text, style="dim", markup=False, soft_wrap=True)


def empty_table(*headings: str, numbers: Container[str] = ()) -> Table:
    """A table without rows; the columns of *numbers* are aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading in numbers else "left"
        table.add_column(heading, overflow="fold", justify=justify)
    return table


def format_size(num_bytes: int) -> str:
    """A number of bytes for people: `1.2 MB`, or `3.4 kB` below a tenth of that."""
    mega = num_bytes >= 100_000
    return f"{num_bytes / 1e6:.1f} MB" if mega else f"{num_bytes / 1e3:.1f} kB"


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
