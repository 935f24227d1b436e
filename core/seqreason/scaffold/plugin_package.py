"""A new package with one plug-in: a module, its test, and two specs to run and compare it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from seqreason.registry import Registry, load_registry
from seqreason.registry.kinds import find_kind
from seqreason.scaffold.naming import PluginNames
from seqreason.scaffold.schema_file import SCHEMA_LINE, SCHEMA_PLACE, write_schema
from seqreason.scaffold.writing import Written, filled, spec_parts, write_new

_BASELINE_SUFFIX: Final = "-vs-baseline"


def new_plugin(kind: str, name: str, *, out: Path, force: bool, registry: Registry) -> Written:
    """Write the package *name* into *out*, with a plug-in of *kind* that works unchanged.

    Raises:
        SpecError: the kind does not exist, the name cannot be used, or a file exists already.
        StoreError: *out* cannot be written to.
    """
    kind = find_kind(kind).name
    names = PluginNames.of(name, kind=kind)
    names.check_free(kind, registry)
    folder = out / name
    texts = _texts(kind, names)
    write_new({folder / path: text for path, text in texts.items()}, force=force)
    # So that an editor knows the new plug-in before it is installed.
    write_schema(folder / SCHEMA_PLACE, load_registry([str(folder / f"{names.module}.py")]))
    written = [*(folder / path for path in texts), folder / SCHEMA_PLACE]
    return Written(tuple(written), _commands(kind, folder, texts))


def _texts(kind: str, names: PluginNames) -> dict[str, str]:
    """The text of each file, by its path in the package."""
    words = {
        "kind": kind,
        **vars(names),
        "schema_line": SCHEMA_LINE.format(path=SCHEMA_PLACE.as_posix()),
        "remark": f"A quick benchmark of the {kind} {names.name}.",
        "option": f" --{kind} {names.name}",
    }
    parts = spec_parts()
    quick = {part: choices["quick"] for part, choices in parts.items()}
    texts = {
        f"{names.module}.py": filled(f"plugins/{kind}.py", words),
        f"tests/test_{names.module}.py": filled("package/test.py", words),
        "pyproject.toml": filled("package/pyproject.toml", words),
    }
    if kind not in parts:
        words["remark"] = f"Run it with{words['option']}."
        texts[f"{names.name}.yaml"] = filled("specs/benchmark.yaml", {**words, **quick})
        texts["README.md"] = filled("package/README-outside-specs.md", words)
        return texts
    words |= parts[kind]
    quick[kind] = f"{{kind: {names.name}}}"
    texts[f"{names.name}.yaml"] = filled("specs/benchmark.yaml", {**words, **quick})
    texts[f"{names.name}{_BASELINE_SUFFIX}.yaml"] = filled("specs/versus.yaml", words)
    texts["README.md"] = filled("package/README.md", words)
    return texts


def _commands(kind: str, folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """The commands to type next, each with its purpose."""
    name = folder.name
    package = shlex.quote(str(folder))
    spec = shlex.quote(str(folder / f"{name}.yaml"))
    versus = f"{name}{_BASELINE_SUFFIX}.yaml"
    option = "" if versus in texts else f" --{kind} {name}"
    commands = {
        f"pip install -e {shlex.quote(f'{folder}[test]')}": "let seqreason find it",
        f"pytest {package}": "check that it keeps the laws of its kind",
        f"seqreason run {spec}{option}": "run a quick benchmark of it",
    }
    if versus in texts:
        comparison = f"seqreason run {shlex.quote(str(folder / versus))}"
        commands[comparison] = "compare it with a built-in one"
    return commands
