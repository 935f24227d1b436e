"""`seqreason plugins`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line, results_console

with lazy_imports():
    from seqreason.registry import Registration, Registry, load_registry
    from seqreason.registry.kinds import KINDS
    from seqreason.registry.manager import Health, Origin


@when_run
def plugins_command(
    plugin: options.Plugins = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 1 if a plug-in cannot be used.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show each installed plug-in, its origin, and whether it works.

    Examples:

      seqreason plugins

      seqreason plugins --plugin my_encoder.py --strict
    """
    registry = load_registry(plugin or [])
    offers = _offers(registry)
    if as_json:
        rows = [
            {
                "plugin": entry.origin.plugin,
                "distribution": entry.origin.distribution,
                "version": entry.origin.version,
                "offers": [f"{each.kind} {each.name}" for each in offers.get(entry.origin, [])],
                "load_seconds": round(entry.load_seconds, 3),
                "error": entry.error,
            }
            for entry in registry.health
        ]
        print_json({"plugins": rows})
    else:
        _print_table(registry, offers)
    if strict and any(entry.error for entry in registry.health):
        raise typer.Exit(1)


def _offers(registry: "Registry") -> "dict[Origin, list[Registration]]":
    """The plug-ins that each module offers."""
    offers: dict[Origin, list[Registration]] = {}
    for kind in KINDS:
        for registration in registry.of_kind(kind.name):
            offers.setdefault(registration.origin, []).append(registration)
    return offers


def _print_table(registry: "Registry", offers: "dict[Origin, list[Registration]]") -> None:
    """Print a line per distribution and kind, and the errors in full below the table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("distribution", "version", "kind", "names"):
        table.add_column(heading, overflow="fold")
    table.add_column("load, s", justify="right", no_wrap=True)
    table.add_column("health", no_wrap=True)
    for entry in registry.health:
        for row in _rows(entry, offers.get(entry.origin, [])):
            table.add_row(*row)
    results_console().print(table)
    for error in dict.fromkeys(entry.error for entry in registry.health if entry.error):
        # Not wrapped, so that you can copy a command or a line from it.
        print_line(error)


def _rows(entry: "Health", offers: "list[Registration]") -> Iterator[tuple[str, ...]]:
    """A row per kind; for a module that offers nothing, a row with its name."""
    names: dict[str, list[str]] = {}
    for registration in offers:
        names.setdefault(registration.kind, []).append(registration.name)
    health = "[red]error[/red]" if entry.error else "ok"
    origin, seconds = entry.origin, f"{entry.load_seconds:.2f}"
    # A file that is given with --plugin has no distribution, so its own name is shown.
    where = escape(origin.distribution if origin.version else origin.plugin)
    version = escape(origin.version or "given")
    for kind, of_kind in names.items():
        yield where, version, kind, escape(", ".join(of_kind)), seconds, health
        # A module loads once, so its time is shown once.
        seconds = ""
    if not names:
        yield where, version, "", escape(f"({origin.plugin})"), seconds, health
