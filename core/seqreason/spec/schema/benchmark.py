"""The part of the schema for benchmarks, alone and as the base of other arms."""

from typing import Final

from seqreason.registry import Registry
from seqreason.spec.benchmark import BenchmarkSpec
from seqreason.spec.choice import PLACE_OF_KIND
from seqreason.spec.schema.models import PART, Schema, model_schema, placed, ref, without_required
from seqreason.spec.schema.plugins import settings_schema
from seqreason.structures.glyphs import Split

_NO_SPLIT: Final = {"not": {"enum": [split.label for split in Split]}}


def add_benchmarks(registry: Registry, defs: dict[str, Schema]) -> None:
    """Add `benchmark`, and `benchmark.part` for a suite or an ablation, which can complete it."""
    inner: dict[str, Schema] = {}
    whole = model_schema(BenchmarkSpec, inner)
    for name, schema in {**inner, "benchmark": whole}.items():
        defs[name] = placed(schema, PLACE_OF_KIND, ref)
    defs["benchmark"]["title"] = "benchmark"
    defs["benchmark"]["properties"]["seeds"]["uniqueItems"] = True
    source = defs["Shift"]["properties"]["source"]
    for generator in registry.of_kind("generator"):
        settings = without_required(settings_schema(generator, defs), defs).get("properties", {})
        for name, keys in {"changes": settings, "shift": {"source": source, **settings}}.items():
            schema = {"type": "object", "properties": keys, "additionalProperties": False}
            defs[f"generator.{generator.name}.{name}"] = schema
    defs["benchmark" + PART] = _base(registry, defs)
    defs["benchmark"]["allOf"] = [_fits(name) for name in _generators(registry)]


def _generators(registry: Registry) -> list[str]:
    return [f"generator.{generator.name}" for generator in registry.of_kind("generator")]


def _fits(generator: str) -> Schema:
    """For this generator, training and shifted tests may change its own settings only."""
    chosen = {"kind": {"const": generator.partition(".")[2]}}
    shifts = {"additionalProperties": ref(f"{generator}.shift"), "propertyNames": _NO_SPLIT}
    return {
        "if": {
            "properties": {"generator": {"properties": chosen, "required": ["kind"]}},
            "required": ["generator"],
        },
        "then": {
            "properties": {
                "training": {"properties": {"augmentation": ref(f"{generator}.changes")}},
                "evaluation": {"properties": {"shifted": shifts}},
            }
        },
    }


def _base(registry: Registry, defs: dict[str, Schema]) -> Schema:
    """A benchmark that needs only its name, and may change settings of any generator."""
    base: Schema = without_required(defs["benchmark"], defs)
    generators = _generators(registry)
    changes = [ref(f"{name}.changes") for name in generators]
    training = defs[f"TrainingSpec{PART}"]["properties"]
    training["augmentation"] = {
        "description": training["augmentation"]["description"],
        "anyOf": changes or [{}],
    }
    for name in generators:
        defs[f"{name}.shift{PART}"] = without_required(defs[f"{name}.shift"], defs)
    shifts = [ref(f"{name}.shift{PART}") for name in generators]
    evaluation = defs[f"EvaluationSpec{PART}"]["properties"]
    (pattern,) = evaluation["shifted"]["patternProperties"]
    evaluation["shifted"] |= {
        "patternProperties": {pattern: {"anyOf": shifts or [{}]}},
        "propertyNames": _NO_SPLIT,
    }
    for part in defs["benchmark"]["required"][1:]:
        place = base["properties"][part]
        described = {"description": place.pop("description")}
        # A base may leave a part to its arms, also by `reasoner:` with nothing after it.
        base["properties"][part] = {**described, "anyOf": [place, {"type": "null"}]}
    return {**base, "required": ["benchmark"]}
