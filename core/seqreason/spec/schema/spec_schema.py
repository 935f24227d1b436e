"""The JSON Schema of all spec files, for editors and for whoever writes specs by program.

It is made from the same models and `Config`s that the loader checks by, so it knows the plug-ins
that are installed here, with their settings, defaults, bounds and docstrings.
"""

from collections.abc import Sequence
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
    "ablation": "a baseline, named changes of it, and which of these arms are compared",
}


def spec_schema(registry: Registry) -> dict[str, Any]:
    """One schema (draft 2020-12) of benchmarks, suites and ablations, with *registry*'s plug-ins.

    What a schema cannot say is left to the loader: that two settings go together, that an arm or
    a file of some name is there, and which plug-in a dotted path will meet. It is stricter in two
    things: a number in quotes is none, and the name of a file has a dot or a slash.
    """
    defs: dict[str, Schema] = {}
    add_plugins(registry, defs)
    add_benchmarks(registry, defs)
    add_changes(defs)
    add_suites_and_ablations({"suite": SuiteSpec, "ablation": AblationSpec}, defs)
    return {
        "$schema": DIALECT,
        "title": "A spec file of seqreason",
        "description": "A benchmark, a suite or an ablation: the key that names it says which.",
        "type": "object",
        "properties": {key: {"description": message} for key, message in _NAMING.items()},
        **_first_of(("suite", "ablation"), otherwise="benchmark"),
        "$defs": {name: defs[name] for name in sorted(_reached(defs))},
    }


def _first_of(names: Sequence[str], *, otherwise: str) -> Schema:
    """Whichever of *names* is a key of the file, as the loader asks them in turn."""
    if not names:
        return ref(otherwise)
    name, *others = names
    return {
        "if": {"required": [name]},
        "then": ref(name),
        "else": _first_of(others, otherwise=otherwise),
    }


def _reached(defs: dict[str, Schema]) -> set[str]:
    """The names of the definitions that a spec file can come to."""
    reached: set[str] = set()
    waiting = ["benchmark", "suite", "ablation"]
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
