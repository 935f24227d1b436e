"""The kinds of plug-in, one for each hook: whatever goes through all kinds reads this table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, final, get_args, get_type_hints

from seqreason.errors import UnknownNameError
from seqreason.interfaces import Plugin
from seqreason.registry import hookspecs


@final
@dataclass(frozen=True)
class Kind:
    """One kind of plug-in: its name in specs and messages, its hook and its interface."""

    name: str
    hook: str
    interface: type[Plugin]

    @classmethod
    def of(cls, hook: Callable[[], Any]) -> "Kind":
        """The kind of the classes that *hook* returns, named after the hook in the singular."""
        (entry,) = get_args(get_type_hints(hook)["return"])
        (interface,) = get_args(entry)
        plural = hook.__name__.removeprefix(hookspecs.PREFIX)
        # `Labels` is a plural itself.
        is_name = interface.__name__.lower() == plural
        return cls(plural if is_name else plural.removesuffix("s"), hook.__name__, interface)


KINDS: Final = tuple(
    Kind.of(hook) for name, hook in vars(hookspecs).items() if name.startswith(hookspecs.PREFIX)
)


def find_kind(name: str) -> Kind:
    """The kind with this name, or with this plural.

    Raises:
        UnknownNameError: there is no such kind.
    """
    for kind in KINDS:
        if name in (kind.name, f"{kind.name}s"):
            return kind
    raise UnknownNameError(name, noun="kind of plug-in", known=[kind.name for kind in KINDS])
