"""`seqreason list`."""

import json
from typing import Annotated, Any

from rich import box
from rich.table import Table
from rich.text import Text
from typer import Argument

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line, print_note, results_console

with lazy_imports():
    from seqreason.registry import Registration, load_registry
    from seqreason.registry.kinds import KINDS, find_kind
    from seqreason.spec.files import described_specs
    from seqreason.spec.schema.plugins import documented
    from seqreason.spec.schema.settings_table import settings_rows


@when_run
def list_command(
    kind: Annotated[
        str | None, Argument(help="A kind of plug-in (source, generator, encoder, …), or spec.")
    ] = None,
    name: Annotated[
        str | None, Argument(help="A plug-in of that kind, to list its settings.")
    ] = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """List plug-ins and packaged specs, or the settings of one plug-in.

    Examples:

      seqreason list

      seqreason list encoder

      seqreason list encoder residual-cnn
    """
    wants_specs = kind in (None, "spec", "specs") and name is None
    wanted = [k.name for k in KINDS] if kind is None else []
    if kind is not None and not wants_specs:
        wanted = [find_kind(kind).name]
    registry = load_registry(plugin or [])
    broken = [str(entry.origin) for entry in registry.health if entry.error]
    if broken:
        print_note(f"Some plug-ins of {', '.join(broken)} cannot be used. See `seqreason plugins`.")
    if name is not None:
        _list_settings(registry.find(wanted[0], name), as_json=as_json)
        return
    rows = [_row(each) for kind_name in wanted for each in registry.of_kind(kind_name)]
    specs = described_specs() if wants_specs else []
    if as_json:
        print_json({"plugins": rows, "specs": specs})
        return
    console = results_console()
    if rows:
        console.print(_table(("kind", "name", "version", "distribution", "what it is"), rows))
    if specs:
        console.print(_table(("spec", "kind", "what it is"), specs))


def _row(registration: "Registration") -> dict[str, str]:
    return {
        "kind": registration.kind,
        "name": registration.name,
        "version": registration.plugin.version,
        "distribution": f"{registration.origin.distribution} {registration.origin.version}".strip(),
        "summary": (registration.plugin.__doc__ or "").strip().partition("\n")[0],
    }


def _list_settings(registration: "Registration", *, as_json: bool) -> None:
    rows = settings_rows(registration.plugin.Config)
    console, about = results_console(), _row(registration)
    if as_json:
        print_json({**about, "documentation": documented(registration), "settings": rows})
        return
    title = f"{about['kind']} {about['name']}, version {about['version']}"
    print_line(f"{title}, from {about['distribution']}\n")
    console.print(_unbroken(documented(registration)), markup=False, highlight=False)
    if not rows:
        console.print("\nIt has no settings.")
        return
    shown = [
        {
            "setting": row["name"],
            "type": row["type"],
            "default": "required" if row["required"] else _as_yaml(row["default"]),
            "bounds": row["bounds"],
            "what it is": row["description"],
        }
        for row in rows
    ]
    console.print()
    console.print(_table(tuple(shown[0]), shown, whole_first=True))


def _unbroken(text: str) -> str:
    """Join each paragraph into one line, for the terminal to wrap; keep indented ones."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        paragraph if "\n " in f"\n{paragraph}" else paragraph.replace("\n", " ")
        for paragraph in paragraphs
    )


def _as_yaml(default: Any) -> str:
    """The default as a spec file writes it; a word has no quotes."""
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
