"""The fields of a settings model as a table: what each takes, what it does, its default."""

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from seqreason.spec.choice import OfKind

_PLAIN: Final = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    NoneType: "`null`",
    Any: "anything",
}
_BOUNDS: Final = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def table_of(model: type[BaseModel]) -> str:
    """A row a field; one sentence if there are no fields."""
    if not model.model_fields:
        return "It has no settings."
    rows = [_row(name, field) for name, field in model.model_fields.items()]
    return "| key | takes | what | default |\n|---|---|---|---|\n" + "\n".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    takes = _with_bounds(_told(field.annotation, field.metadata), field.metadata)
    cells = (f"`{name}`", takes, field.description or "", _default(field))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "to be given"
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, BaseModel):
        return "all defaults"
    if isinstance(default, str) and default:
        return f"`{default}`"
    return f"`{json.dumps(default, default=_plain, ensure_ascii=False)}`"


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _with_bounds(message: str, metadata: list[Any]) -> str:
    bounds = ", ".join(_bounds(metadata))
    return f"{message}, {bounds}" if bounds else message


def _bounds(metadata: list[Any]) -> Iterator[str]:
    for entry in metadata:
        for name, sign in _BOUNDS.items():
            if getattr(entry, name, None) is not None:
                yield f"{sign}\N{NO-BREAK SPACE}{_number(getattr(entry, name))}"
        if getattr(entry, "pattern", None):
            yield f"of the form `{entry.pattern}`"
        if getattr(entry, "min_length", None) == 1:
            yield "at least one"


def _number(bound: float) -> str:
    return "2⁶⁴" if bound == 2**64 else f"{bound:g}"


def _told(annotation: Any, metadata: list[Any]) -> str:
    """What a value of this type is, in words."""
    for entry in metadata:
        if isinstance(entry, OfKind):
            return f"a plug-in of kind [{entry.plugin_kind}](plugins.md#{entry.plugin_kind})"
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _with_bounds(_told(inner, more), more + _metadata_in(more))
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(_told(one, []) for one in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _model(annotation)
    return _collection(annotation)


def _metadata_in(entries: list[Any]) -> list[Any]:
    return [inner for entry in entries if isinstance(entry, FieldInfo) for inner in entry.metadata]


def _collection(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"list of {len(arguments)} ({_told(arguments[0], [])})"
    if origin in (tuple, list):
        return f"list ({_told(arguments[0], [])})"
    if origin is dict:
        return f"mapping (name → {_told(arguments[1], [])})"
    return _PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())


def _model(model: type[BaseModel]) -> str:
    keys = ", ".join(f"`{name}`" for name in model.model_fields)
    return f"mapping with {keys}"
