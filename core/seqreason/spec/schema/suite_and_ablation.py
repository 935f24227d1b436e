"""The part of the schema for suites and ablations."""

from collections.abc import Mapping
from typing import Any, Final

from seqreason.spec.files import described_specs
from seqreason.spec.metrics import METRICS
from seqreason.spec.schema.models import PART, Schema, model_schema, ref
from seqreason.spec.schema.paths import by_path, paths
from seqreason.structures.settings import Settings

_NUMBERS: Final = {"number", "integer"}


def add_suites_and_ablations(models: Mapping[str, type[Settings]], defs: dict[str, Schema]) -> None:
    """Add a definition for each of *models*, under its name."""
    defs["reference"] = _reference()
    defs["options"] = {
        "description": "{OPTION: {PATH: VALUE, …}, …}",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": ref("changes"),
    }
    for name, model in models.items():
        schema = model_schema(model, defs)
        properties = schema["properties"]
        for key, refined in _refined(properties, defs).items():
            properties[key] |= refined
        defs[name] = {"title": name, **schema}


def _refined(properties: Schema, defs: dict[str, Schema]) -> Schema:
    """The parts that the models leave open, because they need a registry and dotted paths."""
    benchmark = {"anyOf": [ref("reference"), ref("benchmark" + PART)]}
    refined: Schema = {
        "settings": ref("changes"),
        "axes": _axes(defs, takes_ranges="search" in properties),
        "seeds": _distinct(properties["seeds"]),
    }
    if "benchmarks" in properties:
        return {**refined, "benchmarks": {"items": benchmark}}
    (arm,) = properties["changes"]["patternProperties"]
    changed = {"patternProperties": {arm: ref("changes", minProperties=1)}}
    return {**refined, "baseline": benchmark, "changes": changed, "metric": _metric()}


def _reference() -> Schema:
    """The name of a packaged benchmark, or of a file, which has a dot or a slash."""
    packaged = [
        {"const": entry["name"], "description": entry["summary"]}
        for entry in described_specs()
        if entry["kind"] == "benchmark"
    ]
    return {"anyOf": [*packaged, {"type": "string", "pattern": r"[./\\]"}]}


def _axes(defs: dict[str, Schema], *, takes_ranges: bool) -> Schema:
    """Lists of values and ranges for a dotted path; named options for any axis."""
    axes = {}
    for path, at in paths(defs).items():
        values = {"type": "array", "minItems": 1, "uniqueItems": True, "items": at}
        range_ = [ref("Range")] if takes_ranges and _is_number(at, defs) else []
        axes[path] = {"anyOf": [values, *range_, ref("options")]}
    return {"type": "object", **by_path(axes), "additionalProperties": ref("options")}


def _is_number(schema: Any, defs: dict[str, Schema]) -> bool:
    if "$ref" in schema:
        return _is_number(defs[schema["$ref"].removeprefix("#/$defs/")], defs)
    return not schema or (
        schema.get("type") in _NUMBERS
        or any(_is_number(option, defs) for option in schema.get("anyOf", ()))
    )


def _metric() -> Schema:
    named = [{"const": name, "description": row.help} for name, row in METRICS.items()]
    per_test = [name for name, row in METRICS.items() if row.is_per_test]
    shifted = {"type": "string", "pattern": f"^({'|'.join(per_test)})/."}
    return {"anyOf": [*named, shifted]}


def _distinct(seeds: Schema) -> Schema:
    """A list of distinct seeds, which may also be null if *seeds* may."""
    if "anyOf" not in seeds:
        return {"uniqueItems": True}
    return {
        "anyOf": [
            {**option, "uniqueItems": True} if option.get("type") == "array" else option
            for option in seeds["anyOf"]
        ]
    }
