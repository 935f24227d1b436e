"""The JSON Schema of all spec files, for editors and for programs that write specs.

It is made from the models and `Config` classes that the loader uses. So it knows the installed
plug-ins with their settings, defaults, bounds and docstrings.
"""

from typing import Any, Final

from seqreason.registry import Registry
from seqreason.spec.schema.benchmark import add_benchmarks
from seqreason.spec.schema.models import Schema, ref
from seqreason.spec.schema.paths import add_changes
from seqreason.spec.schema.plugins import add_plugins
from seqreason.spec.schema.suite_and_ablation import add_suites_and_ablations
from seqreason.spec.suite_and_ablation import AblationSpec, SuiteSpec

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NAMING: Final = {
    "benchmark": "one declared experiment",
    "suite": "several benchmarks, with every combination of the axes' options",
    "ablation": "a baseline, named changes to it, and the arms to compare",
}


def spec_schema(registry: Registry) -> dict[str, Any]:
    """One schema (draft 2020-12) of benchmarks, suites and ablations, with *registry*'s plug-ins.

    Only the loader can check that two settings fit together, that an arm or a file exists, and
    which plug-in a dotted path belongs to. The schema is stricter than the loader in two points: it
    refuses a number in quotes, and the name of a file needs a dot or a slash.
    """
    defs: dict[str, Schema] = {}
    add_plugins(registry, defs)
    add_benchmarks(registry, defs)
    add_changes(defs)
    add_suites_and_ablations({"suite": SuiteSpec, "ablation": AblationSpec}, defs)
    return {
        "$schema": DIALECT,
        "title": "A spec file of seqreason",
        "description": "A benchmark, a suite or an ablation, by the key that names it.",
        "type": "object",
        "properties": {key: {"description": meaning} for key, meaning in _NAMING.items()},
        # In the loader's order.
        "if": {"required": ["suite"]},
        "then": ref("suite"),
        "else": {
            "if": {"required": ["ablation"]},
            "then": ref("ablation"),
            "else": ref("benchmark"),
        },
        "$defs": {name: defs[name] for name in sorted(_reached(defs))},
    }


def _reached(defs: dict[str, Schema]) -> set[str]:
    """The names of the definitions that a spec file can reach."""
    reached, waiting = set[str](), [*_NAMING]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_referred(defs[name]))
    return reached


def _referred(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for entry in schema for name in _referred(entry)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"].removeprefix("#/$defs/")] if isinstance(schema.get("$ref"), str) else []
    return own + [name for entry in schema.values() for name in _referred(entry)]
