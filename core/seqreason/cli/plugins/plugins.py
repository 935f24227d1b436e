"""`seqreason plugins`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, results_console

with lazy_imports():
    from seqreason.registry import Registration, Registry, load_registry
    from seqreason.registry.kinds import KINDS
    from seqreason.registry.manager import Health, Origin


@when_run
def plugins_command(
    plugin: options.Plugins = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a plug-in cannot be used.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show every plug-in that is installed, where it is from, and whether it can be used."""
    registry = load_registry(plugin or [])
    offers = _offers(registry)
    if as_json:
        rows = [
            {
                "plugin": entry.origin.plugin,
                "distribution": entry.origin.distribution,
                "version": entry.origin.version,
                "offers": [f"{found.kind} {found.name}" for found in offers.get(entry.origin, [])],
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
    """What each plug-in module brings."""
    offers: dict[Origin, list[Registration]] = {}
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            offers.setdefault(found.origin, []).append(found)
    return offers


def _print_table(registry: "Registry", offers: "dict[Origin, list[Registration]]") -> None:
    """A line a distribution and kind; errors in full beneath the table, where there is room."""
    console = results_console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("distribution", "version", "kind", "names"):
        table.add_column(heading, overflow="fold")
    table.add_column("load, s", justify="right", no_wrap=True)
    table.add_column("health", no_wrap=True)
    for entry in registry.health:
        for row in _rows(entry, offers.get(entry.origin, [])):
            table.add_row(*row)
    console.print(table)
    for each in dict.fromkeys(entry.error for entry in registry.health if entry.error):
        # In one piece, so that a command or a line in it can be copied.
        console.print(each, markup=False, highlight=False, soft_wrap=True)


def _rows(entry: "Health", offers: "list[Registration]") -> Iterator[tuple[str, ...]]:
    """One a kind; where nothing is offered, one that says which module it was."""
    names: dict[str, list[str]] = {}
    for found in offers:
        names.setdefault(found.kind, []).append(found.name)
    health = "[red]error[/red]" if entry.error else "ok"
    origin, seconds = entry.origin, f"{entry.load_seconds:.2f}"
    # A file given by hand has no distribution: its name says where it is from.
    where = escape(origin.distribution if origin.version else origin.plugin)
    version = escape(origin.version or "given")
    for kind, of_kind in names.items():
        yield where, version, kind, escape(", ".join(of_kind)), seconds, health
        # Said once a module, as it was loaded once.
        seconds = ""
    if not names:
        yield where, version, "", escape(f"({origin.plugin})"), seconds, health
