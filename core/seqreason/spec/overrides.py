"""Changes to a spec from the outside: `--set reasoner.cell=lstm`."""

from collections.abc import Iterable
from typing import Any

from seqreason.errors import SpecError
from seqreason.spec.files import parse_yaml


def apply_overrides(data: dict[str, Any], overrides: Iterable[str]) -> list[str]:
    """Change *data* in place by `path=value` strings, and say what was dropped on the way.

    A path is dotted; a number in it is a place in a list. The value is read as YAML. Giving a
    block another `kind` drops the settings beside it, which were the old plug-in's; that is
    done first, so that settings of the new one can be given in any order.

    Raises:
        SpecError: an override has no `=`, or its path goes through something that holds no keys.
    """
    parsed = [_split(override) for override in overrides]
    # The sort is stable: among settings, and among kinds, the given order holds.
    kinds_first = sorted(parsed, key=lambda change: change[0][-1] != "kind")
    dropped = []
    for path, value in kinds_first:
        block = _block(data, path)
        if (
            path[-1] == "kind"
            and isinstance(block, dict)
            and block.get("kind") not in (None, value)
        ):
            gone = [key for key in block if key != "kind"]
            if gone:
                where = ".".join(path[:-1])
                dropped.append(f"{where}: settings of {block['kind']} dropped: {', '.join(gone)}")
            block.clear()
        _put(block, path, value)
    return dropped


def _split(override: str) -> tuple[list[str], Any]:
    path, equals, value = override.partition("=")
    if not equals or not all(path.split(".")):
        raise SpecError(f"--set {override}: expected path=value, such as training.epochs=2")
    return path.split("."), parse_yaml(value, where=f"--set {override}")


def _block(data: dict[str, Any], path: list[str]) -> Any:
    """What holds the last part of *path*; missing mappings on the way are made."""
    block: Any = data
    for depth, part in enumerate(path[:-1]):
        if isinstance(block, dict):
            if block.get(part) is None:
                block[part] = {}
            block = block[part]
        else:
            block = block[_place(block, path, depth)]
    return block


def _put(block: Any, path: list[str], value: Any) -> None:
    if isinstance(block, dict):
        block[path[-1]] = value
    else:
        block[_place(block, path, len(path) - 1)] = value


def _place(block: Any, path: list[str], depth: int) -> int:
    where = ".".join(path[:depth])
    if not isinstance(block, list):
        raise SpecError(f"--set {'.'.join(path)}: {where} is {block!r}, which has no keys")
    part = path[depth]
    if not (part.isdigit() and int(part) < len(block)):
        raise SpecError(
            f"--set {'.'.join(path)}: {where} is a list of {len(block)}, so expected a place "
            f"0 … {len(block) - 1} after it, got {part!r}"
        )
    return int(part)
