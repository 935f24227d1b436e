"""Other values for the settings of a `Config`, near the present ones so that all stays small."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_NUMBER_STEPS: Final = (1, -1, 2)
_SHARES: Final = (0.25, 0.5, 0.75)


def variants_of(
    config: type[BaseModel], settings: Mapping[str, Any], *, field: str | None = None
) -> list[dict[str, Any]]:
    """*settings* with one field changed, once for each other value to try.

    *field* is a dotted path, `perception.cell`; without it, every field is changed in turn.
    """
    base = config.model_validate(dict(settings))
    variants = []
    for path, value in _changes(config, base):
        if field is None or path == field:
            changed = _with(dict(settings), base, path.split("."), value)
            with suppress(ValidationError):
                config.model_validate(changed)
                variants.append(changed)
    return variants


def field_paths(config: type[BaseModel]) -> list[str]:
    """The dotted path of every field, including those of nested models: `perception.cell`."""
    paths = []
    for name, field in config.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            paths.append(name)
        else:
            paths += [f"{name}.{path}" for path in field_paths(inner)]
    return paths


def _changes(config: type[BaseModel], base: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in config.model_fields.items():
        value = getattr(base, name)
        inner = _model_in(field.annotation)
        if inner is None:
            for other in _others(field.annotation, value, field):
                yield name, other
        elif isinstance(value, BaseModel):
            for path, other in _changes(inner, value):
                yield f"{name}.{path}", other


def _others(annotation: Any, value: Any, field: FieldInfo | None = None) -> list[Any]:
    """Values near *value* that fit an annotation, without *value* itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        others = list(arguments)
    elif origin in (Union, UnionType):
        others = [other for argument in arguments for other in _others(argument, value, field)]
    elif annotation is NoneType:
        others = [None]
    elif annotation is bool:
        others = [True, False]
    elif annotation is int:
        others = _numbers(value, field)
    elif annotation is float:
        others = [float(number) for number in (*_SHARES, *_numbers(value, field))]
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        others = [member.value for member in annotation]
    elif origin is tuple and isinstance(value, tuple):
        others = _tuples(arguments, value)
    else:
        others = _others(arguments[0], value, field) if hasattr(annotation, "__metadata__") else []
    return [other for other in others if other != value or type(other) is not type(value)]


def _numbers(value: Any, field: FieldInfo | None) -> list[Any]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [value + step for step in _NUMBER_STEPS]
    bounds = [
        bound
        for item in (field.metadata if field else [])
        for name in ("ge", "gt", "le", "lt")
        if (bound := getattr(item, name, None)) is not None
    ]
    return [*bounds, *(bound + step for bound in bounds for step in (1, 4, 8))] or [1, 8]


def _tuples(arguments: tuple[Any, ...], value: tuple[Any, ...]) -> list[Any]:
    kinds = arguments[:1] * len(value) if arguments[-1:] == (...,) else arguments
    changed = [
        [*value[:place], other, *value[place + 1 :]]
        for place, (kind, item) in enumerate(zip(kinds, value, strict=False))
        for other in _others(kind, item)
    ]
    if arguments[-1:] == (...,):
        shorter_and_longer = [list(value[:-1]), [*value, *value[-1:]]] if value else []
        return [*changed, *shorter_and_longer]
    return changed


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _with(settings: dict[str, Any], base: BaseModel, path: list[str], value: Any) -> dict[str, Any]:
    """*settings* with the value at *path* replaced, inside nested models too."""
    head, *rest = path
    if not rest:
        return {**settings, head: value}
    block = dict(settings.get(head) or {})
    return {**settings, head: _with(block, getattr(base, head), rest, value)}
