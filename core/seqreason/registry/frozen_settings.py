"""Whether a plug-in's settings are frozen, with everything inside them.

A cell is named by a digest of its settings, and arms share them. A list that a plug-in appends to
would change the result without changing the name.
"""

import types
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from seqreason.errors import PluginError
from seqreason.structures.settings import Settings

# Pydantic keeps the values of these types as they are, and a spec file gives a list.
_MAY_BE_LISTS: Final = (Sequence, Collection, Iterable)


def check_frozen(model: type[Settings], owner: str) -> None:
    """Check every field of *model*, and of the models inside it.

    Args:
        owner: the name of *model* in messages.

    Raises:
        PluginError: a field can be changed, or an unknown field is accepted.
    """
    for option, wanted in (("frozen", True), ("extra", "forbid")):
        given = model.model_config.get(option)
        if given != wanted:
            raise PluginError(
                f"{owner} sets {option}={given!r} in its model_config; delete that: settings are "
                "frozen, and an unknown setting is an error"
            )
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            _check_part(part, name, field, owner)
        _check_default(name, field, owner)


def _parts(annotation: Any) -> list[Any]:
    """Every type inside *annotation*, `list[int]` before `int`."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return []
    if origin is Annotated:
        inner = inner[:1]
    return [annotation, *(part for entry in inner for part in _parts(entry))]


def _check_part(part: Any, name: str, field: FieldInfo, owner: str) -> None:
    if part is Any or part is object:
        raise PluginError(
            f"{owner}.{name} may be any object, even a list; write the types that it may have"
        )
    kind = get_origin(part) or part
    if not isinstance(kind, type):
        return
    if issubclass(kind, Settings):
        check_frozen(kind, kind.__name__)
    elif issubclass(kind, BaseModel):
        raise PluginError(
            f"{owner}.{name} holds {kind.__name__}, a bare pydantic model; write "
            f"`class {kind.__name__}(seqreason.PluginConfig):`"
        )
    elif kind.__hash__ is None or kind in _MAY_BE_LISTS:
        raise PluginError(
            f"{owner}.{name} is a {_type_name(part)}, which can be changed after it is made; "
            f"{_fix(part, kind, name, field)}"
        )


def _fix(part: Any, kind: type, name: str, field: FieldInfo) -> str:
    inner = ", ".join(_type_name(entry) for entry in get_args(part)) or "TYPE"
    if issubclass(kind, Mapping):
        return f"write a nested seqreason.PluginConfig, or pairs as tuple[tuple[{inner}], ...]"
    if not issubclass(kind, Iterable):
        return "write a nested seqreason.PluginConfig"
    fixed = f"frozenset[{inner}]" if issubclass(kind, Set) else f"tuple[{inner}, ...]"
    if part is not field.annotation:
        return f"write {fixed} for that"
    default = "" if field.default is PydanticUndefined else f" = {_frozen(field.default)!r}"
    return f"write `{name}: {fixed}{default}`"


def _type_name(part: Any) -> str:
    is_plain = isinstance(part, type) and not isinstance(part, types.GenericAlias)
    return part.__name__ if is_plain else str(part).replace("typing.", "")


def _check_default(name: str, field: FieldInfo, owner: str) -> None:
    try:
        hash(field.default)
    except TypeError:
        frozen = _frozen(field.default)
        fix = "an instance of its type" if frozen is field.default else f"{frozen!r}"
        raise PluginError(
            f"{owner}.{name} has the default {field.default!r}, which can be changed after it is "
            f"made; write {fix}"
        ) from None


def _frozen(default: Any) -> Any:
    """*default* as a value that cannot be changed, if there is one."""
    if isinstance(default, list):
        return tuple(default)
    return frozenset(default) if isinstance(default, set) else default
