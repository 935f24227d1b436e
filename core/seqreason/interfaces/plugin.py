"""The base of all plug-ins: a name, a version and a `Config`."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

from seqreason.structures.settings import Settings


class PluginConfig(Settings):
    """The base of every plug-in's `Config`: frozen, and an unknown key is an error.

    Give each field a type, bounds, a `description`, and a default unless it is required. Messages
    and the JSON Schema are made from them. Use types that cannot be changed: tuple or frozenset for
    a list in a spec, and a nested `PluginConfig` for a mapping.
    """


@final
@dataclass(frozen=True)
class Conformance:
    """Declarations for the conformance kit, `seqreason check`.

    Attributes:
        examples: settings to check the plug-in with, as in a spec; by default its defaults.
        inert: the dotted path of a setting → why no check can observe its effect.
        expected_failures: the name of a law → why this plug-in breaks it for a good reason.
        causal: for a reasoner, the settings with which no prediction depends on a later frame;
            None: there are no such settings.
    """

    examples: tuple[Mapping[str, Any], ...] = ({},)
    inert: Mapping[str, str] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    causal: Mapping[str, Any] | None = None


class Plugin(ABC):
    """The root of the interfaces; subclass the interface of a kind, not this class.

    The framework makes a plug-in as `SomePlugin(config, context)`. *config* is an instance of its
    `Config`, and *context* is the record of its kind, such as `EncoderContext`.

    Attributes:
        name: the value of `kind` in a spec file; lower-case words joined by hyphens.
        version: raise it whenever the same settings give other results.
        Config: the settings, written beside `kind` in a spec file.
        conformance: declarations for the conformance kit.
        is_default: whether a run uses it if it names no plug-in of this kind.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    Config: ClassVar[type[PluginConfig]] = PluginConfig
    conformance: ClassVar[Conformance] = Conformance()
    is_default: ClassVar[bool] = False
