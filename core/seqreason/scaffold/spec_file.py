"""A new spec file that runs unchanged, with the schema that an editor completes it by."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from seqreason.registry import Registry
from seqreason.scaffold.naming import spec_name
from seqreason.scaffold.schema_file import SCHEMA_LINE, SCHEMA_PLACE, write_schema
from seqreason.scaffold.writing import Written, filled, spec_parts, write_new

# What `seqreason new` writes beside plug-ins, with the template of each.
SPEC_KINDS: Final[Mapping[str, str]] = {
    "spec": "specs/benchmark.yaml",
    "ablation": "specs/ablation.yaml",
    "suite": "specs/suite.yaml",
}


def new_spec(kind: str, file: str, *, out: Path, force: bool, registry: Registry) -> Written:
    """Write a spec of *kind*, one of `SPEC_KINDS`, to *file* in *out*, with the schema beside it.

    Raises:
        SpecError: the name cannot be used, or the file exists already.
        StoreError: *out* cannot be written to.
    """
    path = out / file
    words = {
        "name": spec_name(file),
        "schema_line": SCHEMA_LINE.format(path=SCHEMA_PLACE.as_posix()),
        "remark": "A quick benchmark, for you to change.",
        **{part: choices["quick"] for part, choices in spec_parts().items()},
    }
    write_new({path: filled(SPEC_KINDS[kind], words)}, force=force)
    schema = path.parent / SCHEMA_PLACE
    write_schema(schema, registry)
    spec = shlex.quote(str(path))
    look = {f"seqreason show {spec}": "see the images that a model gets"} if kind == "spec" else {}
    return Written(
        (path, schema),
        {
            **look,
            f"seqreason run {spec} --dry-run": "list the cells, compute nothing",
            f"seqreason run {spec}": "run it",
        },
    )
