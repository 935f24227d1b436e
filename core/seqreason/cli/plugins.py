"""`seqreason plugins`."""

from typing import Annotated

import typer

from seqreason.cli import options


def plugins_command(
    plugin: options.Plugins = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a plug-in cannot be used.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show every plug-in that is installed, where it is from, and whether it can be used."""
    from rich.table import Table

    from seqreason.cli.output import print_json, results_console
    from seqreason.kinds import KINDS
    from seqreason.registry import load_registry

    registry = load_registry(plugin or [])
    offers: dict[str, list[str]] = {}
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            offers.setdefault(found.origin.plugin, []).append(f"{kind.name} {found.name}")
    rows = [
        {
            "plugin": entry.origin.plugin,
            "distribution": entry.origin.distribution,
            "version": entry.origin.version,
            "offers": offers.get(entry.origin.plugin, []),
            "load_seconds": round(entry.load_seconds, 3),
            "error": entry.error,
        }
        for entry in registry.health
    ]
    if as_json:
        print_json({"plugins": rows})
    else:
        table = Table("plug-in", "distribution", "offers", "loaded in", "health")
        for entry in registry.health:
            origin = entry.origin
            table.add_row(
                origin.plugin,
                f"{origin.distribution} {origin.version}".strip(),
                ", ".join(offers.get(origin.plugin, [])),
                f"{entry.load_seconds:.2f} s",
                entry.error or "ok",
            )
        results_console().print(table)
    if strict and any(entry.error for entry in registry.health):
        raise typer.Exit(1)
