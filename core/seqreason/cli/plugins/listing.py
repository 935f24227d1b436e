"""`seqreason list`."""

import json
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import notes_console, print_json, results_console

with lazy_imports():
    from seqreason.registry import Registration, Registry, load_registry
    from seqreason.registry.kinds import KINDS, find_kind
    from seqreason.spec.files import described_specs
    from seqreason.spec.schema.plugins import documented
    from seqreason.spec.schema.settings_table import settings_rows


@when_run
def list_command(
    kind: Annotated[
        str | None,
        typer.Argument(help="source, generator, encoder, …, or spec; default: everything."),
    ] = None,
    name: Annotated[
        str | None, typer.Argument(help="One plug-in of that kind: list its settings.")
    ] = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """List the plug-ins that a spec can name and the packaged specs, or one plug-in's settings.

    Examples:

      seqreason list encoder

      seqreason list encoder residual-cnn
    """
    wants_specs = kind in (None, "spec", "specs") and name is None
    wanted = [k.name for k in KINDS] if kind is None else []
    if kind is not None and not wants_specs:
        wanted = [find_kind(kind).name]
    registry = load_registry(plugin or [])
    _note_broken(registry)
    if name is not None:
        _list_settings(registry.find(wanted[0], name), as_json=as_json)
        return
    rows = [_row(found) for of in wanted for found in registry.of_kind(of)]
    specs = described_specs() if wants_specs else []
    if as_json:
        print_json({"plugins": rows, "specs": specs})
        return
    console = results_console()
    if rows:
        console.print(_table(("kind", "name", "version", "distribution", "what it is"), rows))
    if specs:
        console.print(_table(("spec", "kind", "what it is"), specs))


def _note_broken(registry: "Registry") -> None:
    """What is not in the list although it is installed."""
    broken = [str(entry.origin) for entry in registry.health if entry.error]
    if broken:
        message = f"Not all of {', '.join(broken)} can be used: `seqreason plugins` tells why."
        notes_console().print(message, style="dim", markup=False, soft_wrap=True)


def _row(found: "Registration") -> dict[str, str]:
    return {
        "kind": found.kind,
        "name": found.name,
        "version": found.plugin.version,
        "distribution": f"{found.origin.distribution} {found.origin.version}".strip(),
        "summary": (found.plugin.__doc__ or "").strip().partition("\n")[0],
    }


def _list_settings(found: "Registration", *, as_json: bool) -> None:
    rows = settings_rows(found)
    if as_json:
        print_json({**_row(found), "documentation": documented(found), "settings": rows})
        return
    console = results_console()
    text = _row(found)
    console.print(
        f"{found.kind} {found.name}, version {text['version']}, of {text['distribution']}\n",
        markup=False,
        highlight=False,
    )
    console.print(_unbroken(documented(found)), markup=False, highlight=False)
    if not rows:
        console.print("\nIt has no settings.")
        return
    shown = [
        {
            "setting": row["name"],
            "type": row["type"],
            "default": "to be given" if row["required"] else _told(row["default"]),
            "bounds": row["bounds"],
            "what it is": row["description"],
        }
        for row in rows
    ]
    console.print()
    console.print(_table(tuple(shown[0]), shown, whole_first=True))


def _unbroken(text: str) -> str:
    """Paragraphs each on one line, to be broken where the terminal ends; what is indented stays."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        paragraph if "\n " in f"\n{paragraph}" else paragraph.replace("\n", " ")
        for paragraph in paragraphs
    )


def _told(default: Any) -> str:
    """As a spec file has it; a word without its quotes."""
    return default if isinstance(default, str) and default else json.dumps(default)


def _table(
    headings: tuple[str, ...], rows: list[dict[str, str]], *, whole_first: bool = False
) -> "Table":
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        whole = whole_first and heading == headings[0]
        table.add_column(heading, overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row.values()))
    return table
