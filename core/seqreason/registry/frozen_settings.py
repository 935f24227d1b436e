"""Whether nothing in a plug-in's settings can be changed once they are made.

A cell is named by a digest of its settings, and arms share them: a list that a plug-in appends to
would make a result that its name does not tell.
"""

import types
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from seqreason.errors import PluginError
from seqreason.structures.settings import Settings

# Types whose values pydantic leaves as they came, which from a spec file is a list.
_LISTS_AT_HEART: Final = (Sequence, Collection, Iterable)
_REQUIRED: Final = (("frozen", True), ("extra", "forbid"))


def check_frozen(model: type[Settings], message: str) -> None:
    """Look through the fields of *model*, which messages call *told*, and of models within it.

    Raises:
        PluginError: a field can be changed, or an unknown one passes; the message names it.
    """
    for option, wanted in _REQUIRED:
        given = model.model_config.get(option)
        if given != wanted:
            raise PluginError(
                f"{message} sets {option}={given!r} in its model_config; delete that, as settings "
                "are frozen and an unknown one is an error"
            )
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            _check_part(part, name, field, message)
        _check_default(name, field, message)


def _parts(annotation: Any) -> list[Any]:
    """Every type that *annotation* is made of, `list[int]` before `int`."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return []
    if origin is Annotated:
        inner = inner[:1]
    return [annotation, *(part for entry in inner for part in _parts(entry))]


def _check_part(part: Any, name: str, field: FieldInfo, message: str) -> None:
    if part is Any or part is object:
        raise PluginError(
            f"{message}.{name} may be anything, a list too; write the types that it may have"
        )
    kind = get_origin(part) or part
    if not isinstance(kind, type):
        return
    if issubclass(kind, Settings):
        check_frozen(kind, kind.__name__)
    elif issubclass(kind, BaseModel):
        raise PluginError(
            f"{message}.{name} holds {kind.__name__}, a bare pydantic model; write "
            f"`class {kind.__name__}(seqreason.PluginConfig):`"
        )
    elif kind.__hash__ is None or kind in _LISTS_AT_HEART:
        raise PluginError(
            f"{message}.{name} is a {_type_name(part)}, which can be changed after it is made; "
            f"{_mend(part, kind, name, field)}"
        )


def _mend(part: Any, kind: type, name: str, field: FieldInfo) -> str:
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


def _check_default(name: str, field: FieldInfo, message: str) -> None:
    try:
        hash(field.default)
    except TypeError:
        frozen = _frozen(field.default)
        fix = "an instance of its type" if frozen is field.default else f"{frozen!r}"
        raise PluginError(
            f"{message}.{name} has the default {field.default!r}, which can be changed after it is "
            f"made; write {fix}"
        ) from None


def _frozen(default: Any) -> Any:
    """*default* as the author should have written it, where that can be told."""
    if isinstance(default, list):
        return tuple(default)
    return frozenset(default) if isinstance(default, set) else default
