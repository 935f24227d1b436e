"""`seqreason list`."""

from typing import Annotated

import typer

from seqreason.cli import options


def list_command(
    kind: Annotated[
        str | None,
        typer.Argument(help="source, generator, encoder, …, or spec; default: everything."),
    ] = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """List the plug-ins that a spec can name, and the packaged specs."""
    from rich.table import Table

    from seqreason.cli.output import print_json, results_console
    from seqreason.kinds import KINDS, find_kind
    from seqreason.registry import load_registry
    from seqreason.spec.files import packaged_specs

    wants_specs = kind in (None, "spec", "specs")
    wanted = [k.name for k in KINDS] if kind is None else []
    if kind is not None and not wants_specs:
        wanted = [find_kind(kind).name]
    registry = load_registry(plugin or [])
    rows = [
        {
            "kind": found.kind,
            "name": found.name,
            "version": found.plugin.version,
            "distribution": f"{found.origin.distribution} {found.origin.version}".strip(),
            "summary": (found.plugin.__doc__ or "").strip().partition("\n")[0],
        }
        for name in wanted
        for found in registry.of_kind(name)
    ]
    specs = sorted(packaged_specs()) if wants_specs else []
    if as_json:
        print_json({"plugins": rows, "specs": specs})
        return
    console = results_console()
    if rows:
        table = Table("kind", "name", "version", "distribution", "what it is")
        for row in rows:
            table.add_row(*row.values())
        console.print(table)
    if specs:
        console.print(f"packaged specs: {', '.join(specs)}", markup=False)
