"""Finding and reading spec files: by path, or by name among the packaged ones."""

import re
from collections.abc import Hashable, Mapping
from copy import deepcopy
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from seqreason.errors import SpecError, UnknownNameError

SPEC_ENTRY_POINT_GROUP: Final = "seqreason.specs"
_SUFFIXES: Final = (".yaml", ".yml")

SpecKind = Literal["benchmark", "suite", "ablation"]


def read_spec(
    spec: str | Path | Mapping[str, Any], *, beside: Path | None = None
) -> tuple[str, dict[str, Any]]:
    """The path or name of a spec, with which messages begin, and its content as plain data.

    A path is relative to the folder *beside* first, then to the current folder. A mapping is
    copied, and messages call it `spec`.

    Raises:
        SpecError: there is no such spec, or it is not one YAML mapping.
    """
    if isinstance(spec, Mapping):
        return "spec", deepcopy(dict(spec))
    for path in ([beside / spec] if beside is not None else []) + [Path(spec)]:
        if path.is_file():
            return str(path), _parsed(_text(path), where=str(path))
    path, name, packaged = Path(spec), str(spec), packaged_specs()
    if name in packaged:
        return name, _parsed(packaged[name].read_text(encoding="utf-8"), where=name)
    if path.suffix in _SUFFIXES or len(path.parts) > 1:
        fault = "this is a folder; give a spec file" if path.is_dir() else "there is no such file"
        raise SpecError(f"{spec}: {fault}")
    raise UnknownNameError(
        name, noun="spec (no file of this name, nor a packaged one)", known=packaged
    )


def kind_of(data: Mapping[str, Any]) -> SpecKind:
    """The kind of a spec file, by the key that names its content."""
    if "suite" in data:
        return "suite"
    return "ablation" if "ablation" in data else "benchmark"


def packaged_specs() -> dict[str, Traversable]:
    """The spec files of installed packages (entry point group `seqreason.specs`), by name."""
    specs: dict[str, Traversable] = {}
    for entry in sorted(entry_points(group=SPEC_ENTRY_POINT_GROUP), key=lambda entry: entry.value):
        for file in files(entry.value).iterdir():
            if file.name.endswith(_SUFFIXES):
                specs.setdefault(file.name.rsplit(".", 1)[0], file)
    return specs


def described_specs() -> list[dict[str, str]]:
    """Each packaged spec: its name, its kind, and the comment on the first line of its file."""
    described = []
    for name, file in sorted(packaged_specs().items()):
        text = file.read_text(encoding="utf-8")
        comment = text.partition("\n")[0].removeprefix("#").strip() if text[:1] == "#" else ""
        kind = kind_of(parse_yaml(text, where=name))
        described.append({"name": name, "kind": kind, "summary": comment})
    return described


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read as text: {error}") from error


def _parsed(text: str, *, where: str) -> dict[str, Any]:
    data = parse_yaml(text, where=where)
    if not isinstance(data, dict):
        raise SpecError(
            f"{where}: expected a mapping that begins with `benchmark: NAME`, `suite: NAME` or "
            "`ablation: NAME`"
        )
    return data


def parse_yaml(text: str, *, where: str) -> Any:
    """The content of one YAML document.

    Raises:
        SpecError: it is not valid YAML, or a key occurs twice in one mapping.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a subclass of the safe loader
    except yaml.YAMLError as error:
        raise SpecError(f"{where}: not valid YAML: {_fault(error)}") from error


def _fault(error: yaml.YAMLError) -> str:
    """What is wrong and where, in one line: PyYAML's own message quotes the text over several."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
    return " ".join(str(error).split())


class _Loader(yaml.SafeLoader):
    """The safe loader, which refuses a key that occurs twice: PyYAML would drop the first."""

    # The signature is PyYAML's.
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        keys = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} occurs twice", key_node.start_mark
                )
            keys.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.2 reads 1e-3 as a number, and so do editors; PyYAML requires 1.0e-3.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$"),
    list("-+.0123456789"),
)
