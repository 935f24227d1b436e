"""The part of the schema that plug-ins make: each kind's choices, each with its `Config`."""

import inspect

from seqreason.registry import Registration, Registry
from seqreason.registry.kinds import KINDS
from seqreason.spec.schema.models import Schema, model_schema, ref


def add_plugins(registry: Registry, defs: dict[str, Schema]) -> None:
    """Add to *defs* what may stand where a plug-in of each kind is chosen, under the kind's name.

    One of `{kind: NAME, …}`, and the keys beside `kind` are that plug-in's settings.
    """
    for kind in KINDS:
        found = registry.of_kind(kind.name)
        for registration in found:
            defs[_name(registration)] = _block(registration, defs)
        choices = [ref(_name(registration)) for registration in found]
        defs[kind.name] = {"type": "object", "required": ["kind"], "oneOf": choices}
        if not choices:
            defs[kind.name] = {"not": {}, "description": f"no {kind.name} is installed"}


def settings_schema(registration: Registration, defs: dict[str, Schema]) -> Schema:
    """The schema of the plug-in's settings alone; models inside it go to *defs*."""
    return model_schema(registration.plugin.Config, defs, prefix=f"{_name(registration)}.")


def documented(registration: Registration) -> str:
    """The plug-in's docstring."""
    return inspect.cleandoc(registration.plugin.__doc__ or "")


def _name(registration: Registration) -> str:
    return f"{registration.kind}.{registration.name}"


def _block(registration: Registration, defs: dict[str, Schema]) -> Schema:
    settings = settings_schema(registration, defs)
    text = documented(registration)
    return {
        "title": registration.name,
        "description": text,
        "type": "object",
        "properties": {
            "kind": {"const": registration.name, "description": text},
            **settings.get("properties", {}),
        },
        "required": ["kind", *settings.get("required", [])],
        "additionalProperties": False,
    }
