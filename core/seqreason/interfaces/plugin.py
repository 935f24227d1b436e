"""What plug-ins of every kind have in common: a name, a version and a `Config`."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

from seqreason.structures.settings import Settings


class PluginConfig(Settings):
    """The base of every plug-in's `Config`: frozen, and an unknown key is an error.

    Give each field a default or not, bounds, and a `description`: specs, messages and the
    JSON Schema are made from them. Its types are such as cannot be changed either: tuple and
    frozenset, where a spec has a list, and a nested `PluginConfig`, where it has a mapping.
    """


@final
@dataclass(frozen=True)
class Conformance:
    """What a plug-in's author declares to the conformance kit, `seqreason check`.

    Attributes:
        examples: settings to check it with, as in a spec; by default none but the defaults.
        inert: a setting's dotted path → why it changes nothing that a check can see.
        expected_failures: a law's name → why this plug-in breaks it, and rightly.
        causal: for a reasoner, the settings with which what it predicts at a frame depends on
            no later frame; None: it promises that with none.
    """

    examples: tuple[Mapping[str, Any], ...] = ({},)
    inert: Mapping[str, str] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    causal: Mapping[str, Any] | None = None


class Plugin(ABC):
    """The root of the interfaces: subclass the interface of a kind, never this.

    The framework makes a plug-in as `SomePlugin(config, context)`: *config* is an instance of its
    `Config`, and *context* the typed record that stands beside the kind's interface.

    Attributes:
        name: what a spec file says after `kind:`; lower-case words joined by hyphens.
        version: raised whenever the same configuration would give other results.
        Config: the settings, which stand beside `kind` in a spec file.
        conformance: what the conformance kit should know.
        is_default: whether it is used where nobody names a plug-in of its kind.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    Config: ClassVar[type[PluginConfig]] = PluginConfig
    conformance: ClassVar[Conformance] = Conformance()
    is_default: ClassVar[bool] = False
