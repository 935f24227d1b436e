"""What a hook must return and what a plug-in class must have, checked when plug-ins are loaded.

A message continues the name of the plug-in and ends with what its author should write.
"""

import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, NoReturn

from pydantic import BaseModel

from seqreason.errors import PluginError, nearest
from seqreason.interfaces import Plugin, PluginConfig
from seqreason.registry.frozen_settings import check_frozen
from seqreason.registry.kinds import KINDS, Kind


def checked_classes(returned: Any, kind: Kind) -> list[type[Plugin]]:
    """The value that the hook of *kind* returned, after a check that it is a list of such classes.

    Raises:
        PluginError: it is not such a list, or a class in it breaks the contract.
    """
    if not isinstance(returned, list):
        names = ", ".join(_class_names(returned)) or f"My{kind.interface.__name__}"
        raise PluginError(
            f"{kind.hook} returned {_described(returned)}, not a list; write `return [{names}]`"
        )
    for entry in returned:
        if not (isinstance(entry, type) and issubclass(entry, kind.interface)):
            _refuse(entry, kind)
        _check_class(entry)
    _check_names(returned, kind)
    return returned


def _described(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    noun = type(value).__name__
    if isinstance(value, Plugin):
        return f"an instance of {noun}"
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _class_names(returned: object) -> list[str]:
    """The names of the classes that the author wanted to offer."""
    if isinstance(returned, Plugin):
        return [type(returned).__name__]
    if isinstance(returned, Mapping):
        returned = list(returned.values())
    entries = returned if isinstance(returned, list | tuple) else [returned]
    if isinstance(returned, set | frozenset):
        entries = sorted(returned, key=repr)
    return [entry.__name__ for entry in entries if isinstance(entry, type)]


def _refuse(entry: object, kind: Kind) -> NoReturn:
    wanted = f"seqreason.{kind.interface.__name__}"
    if isinstance(entry, Plugin):
        name = type(entry).__name__
        raise PluginError(
            f"{kind.hook} returned a list with {_described(entry)}, not the class; write "
            f"`return [{name}]`, without parentheses after {name}"
        )
    if not isinstance(entry, type):
        raise PluginError(
            f"{kind.hook} returned a list with {_described(entry)} in it, not with classes alone; "
            f"return subclasses of {wanted}"
        )
    for other in KINDS:
        if issubclass(entry, other.interface):
            raise PluginError(
                f"{kind.hook} returned {entry.__name__}, which is of kind {other.name}; return "
                f"it from {other.hook}"
            )
    raise PluginError(
        f"{kind.hook} returned {entry.__name__}, which is of no kind; write "
        f"`class {entry.__name__}({wanted}):`"
    )


def _check_class(plugin: type[Plugin]) -> None:
    owner = plugin.__name__
    if not isinstance(getattr(plugin, "name", None), str):
        raise PluginError(f'{owner} has no name; add `name = "…"` to the class')
    _check_config(plugin.Config, f"{owner}.Config")
    if inspect.isabstract(plugin):
        missing = ", ".join(sorted(plugin.__abstractmethods__))
        raise PluginError(f"{owner} does not implement {missing}; add what is missing")
    _check_constructor(plugin)


def _check_constructor(plugin: type[Plugin]) -> None:
    """A constructor takes the settings and a context, in this order."""
    try:
        signature = inspect.signature(plugin)
    except ValueError:
        # Some constructors in C have no signature: a fault appears in the first cell.
        return
    try:
        signature.bind(object(), object())
    except TypeError:
        bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
        arguments = signature.replace(parameters=bare, return_annotation=signature.empty)
        raise PluginError(
            f"{plugin.__name__} is made from its settings and a context, but its __init__ takes "
            f"{arguments}; write `def __init__(self, config, context):`"
        ) from None


def _check_config(config: object, owner: str) -> None:
    if isinstance(config, type) and issubclass(config, PluginConfig):
        check_frozen(config, owner)
        return
    noun, fix = _described(config), "class Config(seqreason.PluginConfig):"
    if isinstance(config, type) and issubclass(config, BaseModel):
        noun = "a bare pydantic model"
    elif isinstance(config, type):
        noun = "a dataclass" if is_dataclass(config) else "a class of another kind"
    undone = ", and no @dataclass above it" if is_dataclass(config) else ""
    raise PluginError(
        f"{owner} is {noun}, not a subclass of seqreason.PluginConfig; write `{fix}`{undone}"
    )


def _check_names(plugins: list[type[Plugin]], kind: Kind) -> None:
    named: dict[str, type[Plugin]] = {}
    for plugin in plugins:
        other = named.setdefault(plugin.name, plugin)
        if plugin is other and plugins.count(plugin) > 1:
            raise PluginError(
                f"{kind.hook} returned {plugin.__name__} twice; list it once in what it returns"
            )
        if plugin is not other:
            raise PluginError(
                f"{kind.hook} returned two classes with the name {plugin.name!r}, "
                f"{other.__name__} and {plugin.__name__}; give one of them another `name`"
            )


def misread_setting_message(error: Exception) -> str | None:
    """The message on code that read a setting which does not exist; None on other errors."""
    if not (isinstance(error, AttributeError) and isinstance(error.obj, PluginConfig)):
        return None
    model, name = type(error.obj), str(error.name)
    if not model.model_fields:
        return (
            f"reads config.{name}, but its class declares no Config; write `class "
            f"Config(seqreason.PluginConfig):` in it, with the field {name}"
        )
    known = nearest(name, model.model_fields)
    return f"reads config.{name}, which {model.__qualname__} does not have{known}"
