"""The `seqreason` command: one file a command.

What a command needs is imported when it runs (see `lazy`), so that `--help` answers at once.
"""

import sys
from collections.abc import Callable

import typer

from seqreason import __version__
from seqreason.cli.benchmarks import audit, run, show
from seqreason.cli.plugins import check, data, listing, new, plugins, schema
from seqreason.cli.results import compare, predict, report, results, runs
from seqreason.errors import SeqreasonError

app = typer.Typer(
    name="seqreason",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Benchmarks of sequence reasoning: a model sees symbols that follow a hidden rule and "
    "names the next one.\n\nBegin with [bold]seqreason run quickstart[/bold], and look at what "
    "it learns from with [bold]seqreason show quickstart[/bold].",
)
app.command(name="run")(run.run_command)
app.command(name="results")(results.results_command)
app.command(name="compare")(compare.compare_command)
app.command(name="report")(report.report_command)
app.command(name="predict")(predict.predict_command)
app.command(name="show")(show.show_command)
app.command(name="audit")(audit.audit_command)
app.add_typer(data.app, name="data")
app.add_typer(runs.app, name="runs")
app.command(name="list")(listing.list_command)
app.command(name="check")(check.check_command)
app.command(name="new")(new.new_command)
app.command(name="schema")(schema.schema_command)
app.command(name="plugins")(plugins.plugins_command)


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
        help="Print the version and leave.",
    ),
) -> None:
    """Read what stands before a command."""


def main() -> None:
    """Run the command line."""
    run_reporting_errors(app, name="seqreason")


def run_reporting_errors(command: Callable[[], object], *, name: str) -> None:
    """Run *command*; what a user did wrong is told in one message, without traceback."""
    try:
        command()
    except SeqreasonError as error:
        typer.echo(f"{name}: {error}", err=True)
        sys.exit(error.exit_code)
