"""The schema of one pydantic model, in the form that the schema of spec files uses."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

Schema = dict[str, Any]
PART: Final = ".part"
_REF: Final = "#/$defs/"


def ref(name: str, **beside: Any) -> Schema:
    """A reference to the definition *name*, with the keywords *beside* it."""
    return {"$ref": f"{_REF}{name}", **beside}


def model_schema(model: type[BaseModel], defs: dict[str, Schema], *, prefix: str = "") -> Schema:
    """The schema of *model*; the models inside it are added to *defs* under *prefix* and name."""
    schema = model.model_json_schema(
        schema_generator=_Generator, ref_template=f"{_REF}{prefix}{{model}}"
    )
    for name, inner in schema.pop("$defs", {}).items():
        defs[f"{prefix}{name}"] = _tidied(inner)
    # A model that contains its own kind is one of the models inside it.
    return defs[schema["$ref"].removeprefix(_REF)] if "$ref" in schema else _tidied(schema)


def without_required(schema: Any, defs: dict[str, Schema]) -> Any:
    """*schema* without required keys, for blocks that settings and axes may complete.

    The definitions that it refers to are added to *defs* in the same form, under new names.
    """

    def part(entry: Schema) -> Schema:
        kept = {key: value for key, value in entry.items() if key != "required"}
        # Without its kind, a block may fit several plug-ins.
        if "oneOf" in kept:
            kept["anyOf"] = kept.pop("oneOf")
        if "$ref" in kept:
            name = kept["$ref"].removeprefix(_REF)
            if name + PART not in defs:
                defs[name + PART] = {}
                defs[name + PART] = without_required(defs[name], defs)
            kept["$ref"] += PART
        return kept

    return _changed(schema, part)


def placed(schema: Schema, place: str, make: Callable[[str], Schema]) -> Schema:
    """*schema* with each entry that has the key *place* replaced by *make* of that key's value."""

    def put(entry: Schema) -> Schema:
        if isinstance(entry.get(place), str):
            beside = {key: value for key, value in entry.items() if key != place}
            return {**make(entry[place]), **beside}
        return entry

    return dict(_changed(schema, put))


def _changed(schema: Any, change: Callable[[Schema], Schema]) -> Any:
    """A copy of *schema* in which *change* is applied to each schema, the outermost first."""
    if not isinstance(schema, dict):
        return schema
    changed = change(schema)
    for key in ("properties", "patternProperties"):
        if key in changed:
            inner = changed[key].items()
            changed = changed | {key: {name: _changed(of, change) for name, of in inner}}
    for key in ("items", "additionalProperties"):
        if key in changed:
            changed = changed | {key: _changed(changed[key], change)}
    for key in ("anyOf", "oneOf", "prefixItems"):
        if key in changed:
            changed = changed | {key: [_changed(entry, change) for entry in changed[key]]}
    return changed


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, which accepts any value if it cannot describe a type."""

    # Pydantic declares it as a variable of instances.
    ignored_warning_kinds: set[Any] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's own
        """Never, because such a title only repeats the name of the field."""
        return False

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:  # noqa: ARG002  # pydantic's own
        """Leave to the loader what only Python can check."""
        return {}


def _tidied(schema: Schema) -> Schema:
    """*schema* without superfluous titles and defaults, and closed where the model is."""

    def tidy(entry: Schema) -> Schema:
        entry = {key: value for key, value in entry.items() if key != "title"}
        # A name that fits no pattern is refused, as by the loader.
        if "patternProperties" in entry:
            entry["additionalProperties"] = False
        # The defaults of a block are at its keys.
        if isinstance(entry.get("default"), dict):
            del entry["default"]
        return entry

    return dict(_changed(deepcopy(schema), tidy))
