"""`seqreason list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from seqreason.cli import options

if TYPE_CHECKING:
    from seqreason.registry import Registry


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

    wants_specs = kind in (None, "spec", "specs")
    wanted = [k.name for k in KINDS] if kind is None else []
    if kind is not None and not wants_specs:
        wanted = [find_kind(kind).name]
    registry = load_registry(plugin or [])
    _note_broken(registry)
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
    specs = _specs() if wants_specs else []
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
        table = Table("spec", "kind", "what it is")
        for spec in specs:
            table.add_row(*spec.values())
        console.print(table)


def _note_broken(registry: "Registry") -> None:
    """What is not in the list although it is installed."""
    from seqreason.cli.output import notes_console

    broken = [str(entry.origin) for entry in registry.health if entry.error]
    if broken:
        told = f"Not all of {', '.join(broken)} can be used: `seqreason plugins` tells why."
        notes_console().print(told, style="dim", markup=False, soft_wrap=True)


def _specs() -> list[dict[str, str]]:
    """Each packaged spec with its kind and the remark that its file begins with."""
    from seqreason.spec.files import kind_of, packaged_specs, parse_yaml

    told = []
    for name, file in sorted(packaged_specs().items()):
        text = file.read_text(encoding="utf-8")
        remark = text.partition("\n")[0].removeprefix("#").strip() if text[:1] == "#" else ""
        kind = kind_of(parse_yaml(text, where=name))
        told.append({"name": name, "kind": kind, "summary": remark})
    return told
