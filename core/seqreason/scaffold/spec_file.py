"""A new spec file that runs as it stands, with the schema that lets an editor help with it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from seqreason.registry import Registry
from seqreason.scaffold.naming import spec_name
from seqreason.scaffold.schema_file import SCHEMA_LINE, SCHEMA_PLACE, write_schema
from seqreason.scaffold.writing import Written, filled, parts, write_new

# What `seqreason new` takes beside the kinds of plug-in, with the template of each.
SPEC_KINDS: Final[Mapping[str, str]] = {
    "spec": "benchmark.yaml",
    "ablation": "ablation.yaml",
    "suite": "suite.yaml",
}


def new_spec(kind: str, file: str, *, out: Path, force: bool, registry: Registry) -> Written:
    """Write a spec of *kind*, one of `SPEC_KINDS`, to *file* in *out*, and the schema near it.

    Raises:
        SpecError: the name cannot be taken, or the file is there already.
        StoreError: *out* cannot be written to.
    """
    path = out / file
    words = {
        "name": spec_name(file),
        "schema_line": SCHEMA_LINE.format(path=SCHEMA_PLACE.as_posix()),
        "remark": "A quick benchmark: change what you like.",
        **{of_kind: message["quick"] for of_kind, message in parts().items()},
    }
    write_new({path: filled(SPEC_KINDS[kind], words)}, force=force)
    schema = path.parent / SCHEMA_PLACE
    write_schema(schema, registry)
    spec = shlex.quote(str(path))
    look = {f"seqreason show {spec}": "see what a model sees"} if kind == "spec" else {}
    return Written(
        (path, schema),
        {
            **look,
            f"seqreason run {spec} --dry-run": "see what would be computed",
            f"seqreason run {spec}": "compute it",
        },
    )
