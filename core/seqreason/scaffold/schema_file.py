"""The schema file beside specs, and the line that points an editor to it."""

import json
from pathlib import Path
from typing import Final

from seqreason.registry import Registry
from seqreason.scaffold.writing import write_text
from seqreason.spec.schema import spec_schema

SCHEMA_PLACE: Final = Path(".seqreason") / "schema.json"
SCHEMA_LINE: Final = "# yaml-language-server: $schema={path}"


def write_schema(path: Path, registry: Registry) -> None:
    """Write the schema of all spec files, with *registry*'s plug-ins, over an older one.

    Raises:
        StoreError: the file cannot be written.
    """
    write_text(path, json.dumps(spec_schema(registry), ensure_ascii=False) + "\n")
