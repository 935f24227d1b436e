"""`seqreason plugins`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from seqreason.cli import options

if TYPE_CHECKING:
    from seqreason.registry import Registration, Registry
    from seqreason.registry.manager import Health, Origin

    Offers = dict[Origin, list[Registration]]


def plugins_command(
    plugin: options.Plugins = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a plug-in cannot be used.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show every plug-in that is installed, where it is from, and whether it can be used."""
    from seqreason.cli.output import print_json
    from seqreason.registry import load_registry

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


def _offers(registry: "Registry") -> "Offers":
    """What each plug-in module brings."""
    from seqreason.registry.kinds import KINDS

    offers: Offers = {}
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            offers.setdefault(found.origin, []).append(found)
    return offers


def _print_table(registry: "Registry", offers: "Offers") -> None:
    """A line a distribution and kind; errors in full beneath the table, where there is room."""
    from rich import box
    from rich.table import Table

    from seqreason.cli.output import results_console

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
    from rich.markup import escape

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
