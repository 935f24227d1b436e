"""`seqreason schema`."""

from pathlib import Path
from typing import Annotated

from typer import Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line, print_note

with lazy_imports():
    from seqreason.registry import load_registry
    from seqreason.scaffold import SCHEMA_LINE, write_schema
    from seqreason.spec.schema import spec_schema


@when_run
def schema_command(
    out: Annotated[
        Path | None, Option(metavar="FILE", help="Write the schema to this file.")
    ] = None,
    plugin: options.Plugins = None,
) -> None:
    """Print a JSON Schema of spec files, for your editor.

    The schema includes every installed plug-in. With --out, this command also
    prints a line: put it at the top of a spec, and an editor with a YAML
    language server checks and completes it.

    Examples:

      seqreason schema

      seqreason schema --out .seqreason/schema.json
    """
    registry = load_registry(plugin or [])
    for entry in registry.health:
        if entry.error:
            print_note(f"left out, because it cannot be loaded: {entry.origin}")
    if out is None:
        print_json(spec_schema(registry))
        return
    write_schema(out, registry)
    line = SCHEMA_LINE.format(path=out.as_posix())
    print_line(f"{out}: put this line at the top of a spec in this folder:\n{line}")
