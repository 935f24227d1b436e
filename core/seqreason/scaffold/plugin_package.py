"""A new package with one plug-in: a module, its test, and specs that run it and compare it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from seqreason.registry import Registry, load_registry
from seqreason.registry.kinds import find_kind
from seqreason.scaffold.naming import PluginNames
from seqreason.scaffold.schema_file import SCHEMA_LINE, SCHEMA_PLACE, write_schema
from seqreason.scaffold.writing import Written, filled, parts, write_new

_BASELINE_SUFFIX: Final = "-vs-baseline"


def new_plugin(kind: str, name: str, *, out: Path, force: bool, registry: Registry) -> Written:
    """Write the package *name* into *out*, with a plug-in of *kind* that works as it stands.

    Raises:
        SpecError: there is no such kind, the name cannot be taken, or a file is in the way.
        StoreError: *out* cannot be written to.
    """
    kind = find_kind(kind).name
    names = PluginNames.of(name, kind=kind)
    names.check_free(kind, registry)
    folder = out / name
    texts = _texts(kind, names)
    write_new({folder / path: text for path, text in texts.items()}, force=force)
    # The editor is to know the new plug-in before it is installed.
    write_schema(folder / SCHEMA_PLACE, load_registry([str(folder / f"{names.module}.py")]))
    written = [*(folder / path for path in texts), folder / SCHEMA_PLACE]
    return Written(tuple(written), _commands(kind, folder, texts))


def _texts(kind: str, names: PluginNames) -> dict[str, str]:
    """Each file's text by its path within the package."""
    words = {
        "kind": kind,
        "name": names.name,
        "module": names.module,
        "class_name": names.class_name,
        "schema_line": SCHEMA_LINE.format(path=SCHEMA_PLACE.as_posix()),
        "remark": f"A quick benchmark of the {kind} {names.name}.",
        "option": f" --{kind} {names.name}",
    }
    of_kinds = parts()
    quick = {of_kind: message["quick"] for of_kind, message in of_kinds.items()}
    texts = {
        f"{names.module}.py": filled(f"{kind}.py", words),
        f"tests/test_{names.module}.py": filled("test.py", words),
        "pyproject.toml": filled("pyproject.toml", words),
    }
    if kind not in of_kinds:
        words["remark"] = f"Run it with{words['option']}."
        benchmark = filled("benchmark.yaml", {**words, **quick})
        return {
            **texts,
            f"{names.name}.yaml": benchmark,
            "README.md": filled("README-outside-specs.md", words),
        }
    words |= of_kinds[kind]
    benchmark = filled("benchmark.yaml", {**words, **quick, kind: f"{{kind: {names.name}}}"})
    return {
        **texts,
        f"{names.name}.yaml": benchmark,
        f"{names.name}{_BASELINE_SUFFIX}.yaml": filled("versus.yaml", words),
        "README.md": filled("README.md", words),
    }


def _commands(kind: str, folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """What to type next, each with what it is for."""
    name = folder.name
    package = shlex.quote(str(folder))
    spec = shlex.quote(str(folder / f"{name}.yaml"))
    versus = f"{name}{_BASELINE_SUFFIX}.yaml"
    option = "" if versus in texts else f" --{kind} {name}"
    commands = {
        f"pip install -e {shlex.quote(f'{folder}[test]')}": "make it known to seqreason",
        f"pytest {package}": "see whether it keeps the contract of its kind",
        f"seqreason run {spec}{option}": "a quick benchmark of it",
    }
    if versus in texts:
        message = f"seqreason run {shlex.quote(str(folder / versus))}"
        commands[message] = "compare it with a built-in one"
    return commands
