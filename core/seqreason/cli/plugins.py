"""`seqreason plugins`."""

from typing import TYPE_CHECKING, Annotated

import typer

from seqreason.cli import options

if TYPE_CHECKING:
    from seqreason.plugin_manager import Origin
    from seqreason.registry import Registry


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
                "offers": offers.get(entry.origin, []),
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


def _offers(registry: "Registry") -> "dict[Origin, list[str]]":
    """What each plug-in brings: `encoder residual-cnn`."""
    from seqreason.kinds import KINDS

    offers: dict[Origin, list[str]] = {}
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            offers.setdefault(found.origin, []).append(f"{kind.name} {found.name}")
    return offers


def _print_table(registry: "Registry", offers: "dict[Origin, list[str]]") -> None:
    from rich.table import Table

    from seqreason.cli.output import results_console

    table = Table("plug-in", "distribution", "offers", "loaded in", "health")
    for entry in registry.health:
        origin = entry.origin
        table.add_row(
            origin.plugin,
            f"{origin.distribution} {origin.version}".strip(),
            ", ".join(offers.get(origin, [])),
            f"{entry.load_seconds:.2f} s",
            "see below" if entry.error else "ok",
        )
    console = results_console()
    console.print(table)
    for told in dict.fromkeys(entry.error for entry in registry.health if entry.error):
        # In one piece, so that a command or a line in it can be copied.
        console.print(told, markup=False, highlight=False, soft_wrap=True)
