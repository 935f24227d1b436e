"""Changes to a spec: those of `--set reasoner.cell=lstm`, of suites and of ablations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from seqreason.errors import SpecError
from seqreason.spec.files import parse_yaml


@final
@dataclass(frozen=True)
class Change:
    """One changed setting: its dotted path, its value, and its label in messages."""

    path: tuple[str, ...]
    value: Any
    label: str


def parse_overrides(overrides: Iterable[str]) -> list[Change]:
    """The changes from `path=value` strings; a value is read as YAML.

    Raises:
        SpecError: an override has no `=`, or an empty part in its path.
    """
    return [_parsed(override) for override in overrides]


def changes_of(settings: Mapping[str, Any], *, where: str) -> list[Change]:
    """The changes from a mapping of dotted paths to values; *where* begins messages.

    Raises:
        SpecError: a path has an empty part.
    """
    changes = []
    for path, value in settings.items():
        if not all(path.split(".")):
            raise SpecError(f"{where}: expected a dotted path such as reasoner.cell, got {path!r}")
        changes.append(Change(tuple(path.split(".")), value, f"{where}.{path}"))
    return changes


def apply_changes(data: dict[str, Any], changes: Iterable[Change]) -> list[str]:
    """Change *data* in place, and return a note on each block whose settings were dropped.

    A number in a path is a place in a list. Another `kind` drops the settings beside it, which
    belong to the old plug-in. This is done first, so settings of the new plug-in can come in any
    order.

    Raises:
        SpecError: a path goes through a value without keys.
    """
    # The sort is stable: settings, and kinds, keep their given order.
    kinds_first = sorted(changes, key=lambda change: change.path[-1] != "kind")
    dropped = []
    for change in kinds_first:
        block, key = _block(data, change), change.path[-1]
        kind = block.get("kind") if isinstance(block, dict) else None
        if key == "kind" and kind not in (None, change.value):
            settings = ", ".join(setting for setting in block if setting != "kind")
            if settings:
                where = ".".join(change.path[:-1])
                dropped.append(f"{where}: settings of {kind} dropped: {settings}")
            block.clear()
        block[_key(block, change, len(change.path) - 1)] = change.value
    return dropped


def _parsed(override: str) -> Change:
    path, equals, value = override.partition("=")
    if not equals or not all(path.split(".")):
        raise SpecError(f"--set {override}: expected path=value, such as training.epochs=2")
    parsed = parse_yaml(value, where=f"--set {override}")
    return Change(tuple(path.split(".")), parsed, f"--set {path}")


def _block(data: dict[str, Any], change: Change) -> Any:
    """The block that holds the last part of the path; missing mappings are added."""
    block: Any = data
    for depth in range(len(change.path) - 1):
        key = _key(block, change, depth)
        if isinstance(block, dict) and block.get(key) is None:
            block[key] = {}
        block = block[key]
    return block


def _key(block: Any, change: Change, depth: int) -> Any:
    """The key of a mapping or the place in a list that the part at *depth* of the path names."""
    where, part = ".".join(change.path[:depth]), change.path[depth]
    if isinstance(block, dict):
        return part
    if not isinstance(block, list):
        raise SpecError(f"{change.label}: {where} is {block!r}, which has no keys")
    if not (part.isdigit() and int(part) < len(block)):
        raise SpecError(
            f"{change.label}: {where} is a list of {len(block)}, so expected a place "
            f"0 … {len(block) - 1} after it, got {part!r}"
        )
    return int(part)
