"""The part of the schema for plug-ins: the choices of each kind, each with its `Config`."""

import inspect

from seqreason.registry import Registration, Registry
from seqreason.registry.kinds import KINDS
from seqreason.spec.schema.models import Schema, model_schema, ref


def add_plugins(registry: Registry, defs: dict[str, Schema]) -> None:
    """Add to *defs* the choice of a plug-in of each kind, under the kind's name.

    A choice is `{kind: NAME, …}`. The keys beside `kind` are the settings of that plug-in.
    """
    for kind in KINDS:
        registrations = registry.of_kind(kind.name)
        for registration in registrations:
            defs[_name(registration)] = _block(registration, defs)
        choices = [ref(_name(registration)) for registration in registrations]
        defs[kind.name] = {"type": "object", "required": ["kind"], "oneOf": choices}
        if not choices:
            defs[kind.name] = {"not": {}, "description": f"no {kind.name} is installed"}


def settings_schema(registration: Registration, defs: dict[str, Schema]) -> Schema:
    """The schema of the plug-in's settings alone; models inside it are added to *defs*."""
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
