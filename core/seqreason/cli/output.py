"""Where output goes: results to standard output, all else to standard error."""

import json
from typing import Any

import typer
from rich.console import Console


def results_console() -> Console:
    """For what was asked for."""
    return Console()


def notes_console() -> Console:
    """For progress and remarks, so that results can be piped."""
    return Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
