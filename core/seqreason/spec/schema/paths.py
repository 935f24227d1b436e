"""The part of the schema for changes to a benchmark: every dotted path and its values."""

import re
from collections.abc import Iterator
from typing import Final

from seqreason.spec.schema.models import PART, Schema, ref

Path = tuple[str, ...]
_ANY_KEY: Final = "*"
_ANY_PLACE: Final = "@"
_ANY_REST: Final = "**"
_PATTERNS: Final = {_ANY_KEY: r"[^.]+", _ANY_PLACE: "[0-9]+", _ANY_REST: ".+"}


def add_changes(defs: dict[str, Schema]) -> None:
    """Add `changes`: a mapping from dotted paths of a benchmark to values of the right form.

    Each path also has its own definition `at.PATH`. If several plug-ins of one kind have a setting
    of the same name, the schema accepts the values of all of them: it cannot know the plug-in.
    """
    values: dict[Path, list[Schema]] = {}
    for path, schema in _walk(ref("benchmark" + PART), (), defs, ()):
        rows = {key: value for key, value in schema.items() if key != "default"}
        if rows not in values.setdefault(path, []):
            values[path].append(rows)
    for path, schemas in values.items():
        defs[f"at.{'.'.join(path)}"] = _united(schemas)
    defs["changes"] = {"type": "object", **by_path(paths(defs)), "additionalProperties": False}


def paths(defs: dict[str, Schema]) -> dict[Path, Schema]:
    """Every path that `add_changes` added, with a reference to its definition."""
    names = [name.removeprefix("at.") for name in defs if name.startswith("at.")]
    return {tuple(name.split(".")): ref(f"at.{name}") for name in names}


def by_path(schemas: dict[Path, Schema]) -> Schema:
    """The keywords that give each dotted path its schema."""
    literal = {".".join(path): of for path, of in schemas.items() if _is_offered(path)}
    patterns = {_pattern(path): of for path, of in schemas.items() if not _is_offered(path)}
    return {"properties": literal, "patternProperties": patterns}


def _is_offered(path: Path) -> bool:
    """Whether editors may complete *path*: not if a part is open, or a place in a list."""
    return not any(part in _PATTERNS or part.isdecimal() for part in path)


def _pattern(path: Path) -> str:
    return "^" + r"\.".join(_PATTERNS.get(part, re.escape(part)) for part in path) + "$"


def _walk(
    schema: Schema, path: Path, defs: dict[str, Schema], inside: tuple[str, ...]
) -> Iterator[tuple[Path, Schema]]:
    """Each path below *path* with its schema, once for each choice that has it."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    if name in inside:
        yield (*path, _ANY_REST), {}
        return
    if name:
        yield from _walk(defs[name], path, defs, (*inside, name))
        return
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _walk(option, path, defs, inside)
    for part, child in _children(schema):
        yield (*path, part), child
        yield from _walk(child, (*path, part), defs, inside)


def _children(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    for child in schema.get("patternProperties", {}).values():
        yield _ANY_KEY, child
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        yield _ANY_KEY, others
    elif others is True:
        yield _ANY_REST, {}
    for place, child in enumerate(schema.get("prefixItems", ())):
        yield str(place), child
    if isinstance(schema.get("items"), dict):
        yield _ANY_PLACE, schema["items"]


def _united(schemas: list[Schema]) -> Schema:
    """Any of *schemas*, with all their descriptions; names of plug-ins keep their own."""
    if len(schemas) == 1:
        return schemas[0]
    if all("const" in schema for schema in schemas):
        return {"anyOf": schemas}
    texts = dict.fromkeys(schema["description"] for schema in schemas if "description" in schema)
    described = {"description": "; or: ".join(texts)} if texts else {}
    return {**described, "anyOf": schemas}
