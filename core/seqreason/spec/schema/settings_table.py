"""The settings of a model as rows: name, type, default, bounds and meaning."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from seqreason.spec.choice import PLACE_OF_KIND
from seqreason.spec.schema.models import Schema, model_schema

_WORDS: Final = {"string": "text", "null": "null", "boolean": "true | false"}
_BOUNDS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "matches {}",
}


def settings_rows(model: type[BaseModel]) -> list[dict[str, Any]]:
    """A row for each setting, followed by those of the settings inside it, by dotted path.

    Each has `name`, `type`, `required`, `default` (None where it is required), `bounds` and
    `description`.
    """
    defs: dict[str, Schema] = {}
    return list(_rows(model_schema(model, defs), "", defs, ()))


def _rows(
    schema: Schema, path: str, defs: dict[str, Schema], inside: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for name, setting in schema.get("properties", {}).items():
        yield {
            "name": f"{path}{name}",
            "type": _type(setting, defs),
            "required": name in schema.get("required", ()),
            "default": setting.get("default"),
            "bounds": ", ".join(dict.fromkeys(_bounds(setting))),
            "description": setting.get("description", ""),
        }
        for model in _models(setting):
            if model not in inside:
                yield from _rows(defs[model], f"{path}{name}.", defs, (*inside, model))


def _type(schema: Schema, defs: dict[str, Schema]) -> str:
    """In the words of a spec: `gru | lstm | null`, `list of integer`, `mapping`."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(option, defs) for option in schema["anyOf"]))
    if PLACE_OF_KIND in schema:
        return f"plug-in of kind {schema[PLACE_OF_KIND]}"
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array" and schema.get("prefixItems"):
        return f"[{', '.join(_type(place, defs) for place in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), defs)}"
    if "$ref" in schema:
        return _type(defs[_name(schema)], defs) if "enum" in defs[_name(schema)] else "mapping"
    if schema.get("type") == "object":
        return "mapping"
    name = str(schema.get("type", "anything"))
    return _WORDS.get(name, name)


def _bounds(schema: Schema) -> Iterator[str]:
    """Those of the value, then those of the items of a list."""
    if "prefixItems" not in schema:
        yield from (entry.format(schema[key]) for key, entry in _BOUNDS.items() if key in schema)
    for option in schema.get("anyOf", ()):
        yield from _bounds(option)
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from (f"each {entry}" for entry in _bounds(schema[inner]))


def _models(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        yield _name(schema)
    for option in schema.get("anyOf", ()):
        yield from _models(option)


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix("#/$defs/")
