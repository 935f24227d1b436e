"""What plug-ins of every kind have in common: a name, a version and a `Config`."""

from abc import ABC
from typing import ClassVar

from seqreason.settings import Settings


class PluginConfig(Settings):
    """The base of every plug-in's `Config`: frozen, and an unknown key is an error.

    Give each field a default or not, bounds, and a `description`: specs, messages and the
    JSON Schema are made from them. Its types are such as cannot be changed either: tuple and
    frozenset, where a spec has a list, and a nested `PluginConfig`, where it has a mapping.
    """


class Plugin(ABC):
    """The root of the interfaces: subclass the interface of a kind, never this.

    The framework makes a plug-in as `SomePlugin(config, context)`: *config* is an instance of its
    `Config`, and *context* the typed record that stands beside the kind's interface.

    Attributes:
        name: what a spec file says after `kind:`; lower-case words joined by hyphens.
        version: raised whenever the same configuration would give other results.
        Config: the settings, which stand beside `kind` in a spec file.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    Config: ClassVar[type[PluginConfig]] = PluginConfig
