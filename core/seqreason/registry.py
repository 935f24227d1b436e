"""The typed register of plug-in classes: the only place that calls hooks."""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, final

from pydantic import ValidationError

from seqreason.borders import place_of, plugin_border
from seqreason.errors import PluginError, SeqreasonError, SpecError, UnknownNameError
from seqreason.interfaces import Plugin, PluginConfig
from seqreason.kinds import KINDS, Kind, find_kind
from seqreason.plugin_manager import Health, LoadedPlugins, Origin, make_manager

Part = TypeVar("Part", bound=Plugin)


@final
@dataclass(frozen=True)
class Registration:
    """One plug-in class under its kind and name, with where it comes from."""

    kind: str
    plugin: type[Plugin]
    origin: Origin

    @property
    def name(self) -> str:
        """What specs call it."""
        return self.plugin.name


@final
class Registry:
    """All plug-in classes that are there, by kind and name."""

    def __init__(self, loaded: LoadedPlugins) -> None:
        """Collect what the plug-ins of *loaded* return.

        Raises:
            PluginError: two plug-ins offer one name for one kind.
        """
        self._by_name: dict[tuple[str, str], Registration] = {}
        faults: dict[str, str] = {}
        for kind in KINDS:
            for registration in _collect(loaded, kind, faults):
                self._add(registration)
        self.health = tuple(_with_fault(entry, faults) for entry in loaded.health)

    def _add(self, new: Registration) -> None:
        key = (new.kind, new.name)
        if key in self._by_name:
            raise PluginError(
                f"two plug-ins offer the {new.kind} {new.name!r}: {self._by_name[key].origin} and "
                f"{new.origin}; rename one, or uninstall one"
            )
        self._by_name[key] = new

    def of_kind(self, kind: str) -> tuple[Registration, ...]:
        """Every plug-in of *kind*, by name."""
        return tuple(self._by_name[key] for key in sorted(self._by_name) if key[0] == kind)

    def find(self, kind: str, name: str) -> Registration:
        """The plug-in of *kind* called *name*.

        Raises:
            UnknownNameError: there is none; plug-ins that failed to load are named too.
        """
        found = self._by_name.get((find_kind(kind).name, name))
        if found is None:
            known = [registration.name for registration in self.of_kind(kind)]
            raise UnknownNameError(name, noun=kind, known=known, hint=self._failures())
        return found

    def build(
        self, interface: type[Part], name: str, config: PluginConfig, context: object
    ) -> Part:
        """A plug-in of the kind that *interface* stands for, made from its settings and context.

        Raises:
            SpecError, IncompatibleError: the plug-in refuses them; the message names the plug-in.
            PluginError: anything else was raised in the plug-in's constructor.
        """
        kind = next(kind.name for kind in KINDS if kind.interface is interface)
        plugin: Any = self.find(kind, name).plugin
        with self.named_faults(kind, name, "cannot be made"):
            made = plugin(config, context)
        assert isinstance(made, interface)
        return made

    @contextmanager
    def named_faults(self, kind: str, name: str, failing: str) -> Iterator[None]:
        """Whatever the plug-in raises within the block is raised on under the plug-in's name.

        Raises:
            SeqreasonError: raised by the plug-in on purpose; as it was, with the name before it.
            PluginError: anything else; *failing* says what the plug-in did not do.
        """
        with plugin_border() as border:
            yield
        error = border.error
        if error is None:
            return
        if isinstance(error, SeqreasonError):
            error.args = (f"{kind} {name}: {error}",)
            raise error
        raise PluginError(
            f"{kind} {name} of {self.find(kind, name).origin} {failing}: {type(error).__name__}: "
            f"{error} ({place_of(error)})"
        ) from error

    def default_config(self, kind: str, name: str) -> PluginConfig:
        """The settings of a plug-in that a command line names without any.

        Raises:
            SpecError: it has settings that must be given.
        """
        try:
            return self.find(kind, name).plugin.Config()
        except ValidationError as error:
            raise SpecError(f"{kind} {name} cannot be used without settings: {error}") from error

    def _failures(self) -> str:
        failed = [entry for entry in self.health if entry.error]
        told = "".join(f"\n{entry.origin}:\n{entry.error}" for entry in failed)
        return (
            f"\nThese plug-ins failed to load and may be the ones that offer it:{told}"
            if told
            else ""
        )


def load_registry(plugins: Sequence[str] = ()) -> Registry:
    """A registry of all installed plug-ins and of *plugins* (files or modules)."""
    return Registry(make_manager(plugins))


def _collect(loaded: LoadedPlugins, kind: Kind, faults: dict[str, str]) -> list[Registration]:
    """The kind's registrations; a plug-in that breaks the contract goes to *faults* instead."""
    found: list[Registration] = []
    for implementation in getattr(loaded.manager.hook, kind.hook).get_hookimpls():
        origin = loaded.origins[implementation.plugin_name]
        try:
            classes = _checked(implementation.function(), kind, origin)
        except PluginError as fault:
            # One given by hand is meant for this very run: say at once what is wrong with it.
            if not origin.version:
                raise
            faults[origin.plugin] = str(fault)
            continue
        found.extend(Registration(kind.name, plugin, origin) for plugin in classes)
    return found


def _checked(returned: Any, kind: Kind, origin: Origin) -> list[type[Plugin]]:
    where = f"plug-in {origin}: hook {kind.hook}"
    if not isinstance(returned, list):
        raise PluginError(f"{where} must return a list of classes, got {returned!r}")
    for entry in returned:
        if not (isinstance(entry, type) and issubclass(entry, kind.interface)):
            raise PluginError(
                f"{where} must return subclasses of {kind.interface.__name__}, got {entry!r}"
            )
        _check_class(entry, where)
    return returned


def _check_class(plugin: type[Plugin], where: str) -> None:
    told = f"{where}: {plugin.__qualname__}"
    if not isinstance(getattr(plugin, "name", None), str):
        raise PluginError(f'{told} has no name: add `name = "…"` to the class')
    if not (isinstance(plugin.Config, type) and issubclass(plugin.Config, PluginConfig)):
        raise PluginError(f"{told}.Config must be a subclass of seqreason.PluginConfig")
    if inspect.isabstract(plugin):
        left = ", ".join(sorted(plugin.__abstractmethods__))
        raise PluginError(f"{told} leaves abstract methods open: {left}")


def _with_fault(entry: Health, faults: dict[str, str]) -> Health:
    fault = faults.get(entry.origin.plugin)
    return entry if fault is None else Health(entry.origin, entry.load_seconds, fault)
