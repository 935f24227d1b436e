"""The `seqreason` command: one file a command, in one folder for each group that `--help` shows.

What a command needs is imported when it runs (see `lazy`), so that `--help` answers at once.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import typer

from seqreason import __version__
from seqreason.cli.benchmarks import audit, run, show
from seqreason.cli.plugins import check, data, listing, new, plugins, schema
from seqreason.cli.results import compare, predict, report, results, runs
from seqreason.errors import SeqreasonError

# What `--help` shows: each group with its commands, or groups of commands, in this order.
_GROUPS: Final[Mapping[str, Mapping[str, Callable[..., Any]]]] = {
    "Benchmarks": {"run": run.run_command, "show": show.show_command, "audit": audit.audit_command},
    "Results": {
        "results": results.results_command,
        "compare": compare.compare_command,
        "report": report.report_command,
        "predict": predict.predict_command,
        "runs": runs.app,
    },
    "Plug-ins and data": {
        "list": listing.list_command,
        "plugins": plugins.plugins_command,
        "check": check.check_command,
        "new": new.new_command,
        "schema": schema.schema_command,
        "data": data.app,
    },
}

app = typer.Typer(
    name="seqreason",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Benchmarks of sequence reasoning: a model reads symbols that follow a hidden rule, and "
    "predicts the next one.\n\nStart with [bold]seqreason run quickstart[/bold]. To see the "
    "examples that it learns from, use [bold]seqreason show quickstart[/bold].",
)
for _group, _commands in _GROUPS.items():
    for _name, _command in _commands.items():
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, name=_name, rich_help_panel=_group)
        else:
            app.command(_name, rich_help_panel=_group)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"seqreason {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        help="Print the version and exit.",
    ),
) -> None:
    """Read the options that come before a command."""


def main() -> None:
    """Run the command line."""
    run_reporting_errors(app, name="seqreason")


def run_reporting_errors(command: Callable[[], object], *, name: str) -> None:
    """Run *command*; print a `SeqreasonError` as one message, and exit with its code."""
    try:
        command()
    except SeqreasonError as error:
        typer.echo(f"{name}: {error}", err=True)
        sys.exit(error.exit_code)
