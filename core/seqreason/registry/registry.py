"""The registry of plug-in classes: the only place that calls hooks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, final

from pydantic import ValidationError

from seqreason.errors import PluginError, SeqreasonError, SpecError, UnknownNameError
from seqreason.interfaces import Plugin, PluginConfig
from seqreason.registry.contract import checked_classes, misread_setting_message
from seqreason.registry.hookspecs import PROJECT
from seqreason.registry.kinds import KINDS, Kind, find_kind
from seqreason.registry.manager import Health, LoadedPlugins, Origin, make_manager
from seqreason.registry.plugin_errors import catch_plugin_errors, place_of
from seqreason.structures.setting_errors import explain

Part = TypeVar("Part", bound=Plugin)


@final
@dataclass(frozen=True)
class Registration:
    """One plug-in class with its kind and its origin."""

    kind: str
    plugin: type[Plugin]
    origin: Origin

    @property
    def name(self) -> str:
        """Its name in specs."""
        return self.plugin.name

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.origin}"


@final
class Registry:
    """All available plug-in classes, by kind and name."""

    def __init__(self, loaded: LoadedPlugins) -> None:
        """Collect the classes that the plug-ins of *loaded* return.

        Raises:
            PluginError: a plug-in that was given for this run breaks the contract, or offers the
                name of another one. The faults of installed plug-ins are kept in `health`.
        """
        self._by_name: dict[tuple[str, str], Registration] = {}
        self._clashes: dict[tuple[str, str], PluginError] = {}
        faults = _Faults()
        claims: dict[tuple[str, str], list[Registration]] = {}
        for kind in KINDS:
            for registration in _collect(loaded, kind, faults):
                claims.setdefault((kind.name, registration.name), []).append(registration)
        for key, claimants in claims.items():
            if len(claimants) == 1:
                self._by_name[key] = claimants[0]
            else:
                self._clashes[key] = _clash(claimants, faults)
        self.health = tuple(faults.added_to(entry) for entry in loaded.health)

    def of_kind(self, kind: str) -> tuple[Registration, ...]:
        """Every plug-in of *kind*, sorted by name."""
        return tuple(self._by_name[key] for key in sorted(self._by_name) if key[0] == kind)

    def all(self) -> tuple[Registration, ...]:
        """Every plug-in, kind by kind, sorted by name."""
        return tuple(found for kind in KINDS for found in self.of_kind(kind.name))

    def find(self, kind: str, name: str) -> Registration:
        """The plug-in of *kind* with this *name*.

        Raises:
            UnknownNameError: there is none. The message also names plug-ins that failed to load.
            PluginError: several distributions offer it.
        """
        key = (find_kind(kind).name, name)
        if key in self._clashes:
            raise self._clashes[key]
        found = self._by_name.get(key)
        if found is None:
            known = [registration.name for registration in self.of_kind(kind)]
            faults = "\n".join(entry.error for entry in self.health if entry.error)
            hint = "\nThese plug-ins cannot be used and may be the ones that offer it:\n" + faults
            raise UnknownNameError(name, noun=kind, known=known, hint=hint if faults else "")
        return found

    def default(self, kind: str) -> str:
        """The name of the plug-in that is used where nobody names one of *kind*.

        Raises:
            PluginError: none is the default, or several are.
        """
        names = [found.name for found in self.of_kind(kind) if found.plugin.is_default]
        if len(names) != 1:
            raise PluginError(
                f"expected one {kind} with `is_default = True`, got {', '.join(names) or 'none'}; "
                f"name the {kind} to use"
            )
        return names[0]

    def build(
        self, interface: type[Part], name: str, config: PluginConfig, context: object
    ) -> Part:
        """A new plug-in that implements *interface*, made from its settings and context.

        Raises:
            SpecError, IncompatibleError: the plug-in refuses them; the message names the plug-in.
            PluginError: the plug-in's constructor raised anything else.
        """
        kind = next(kind.name for kind in KINDS if kind.interface is interface)
        plugin: Any = self.find(kind, name).plugin
        with self.named_faults(kind, name, "cannot be made"):
            made = plugin(config, context)
        assert isinstance(made, interface)
        return made

    @contextmanager
    def named_faults(self, kind: str, name: str, failing: str) -> Iterator[None]:
        """Raise what the plug-in raises within the block with the plug-in's name in the message.

        Raises:
            SeqreasonError: the plug-in raised it on purpose; its name is added in front.
            PluginError: the plug-in raised anything else; *failing* says what it could not do.
        """
        with catch_plugin_errors() as caught:
            yield
        error = caught.error
        if error is None:
            return
        if isinstance(error, SeqreasonError):
            error.args = (f"{kind} {name}: {error}",)
            raise error
        message = misread_setting_message(error) or f"{failing}: {type(error).__name__}: {error}"
        raise PluginError(f"{self.find(kind, name)} {message} ({place_of(error)})") from error

    def default_config(self, kind: str, name: str) -> PluginConfig:
        """The settings of a plug-in that is named without any.

        Raises:
            SpecError: it has required settings.
        """
        try:
            return self.find(kind, name).plugin.Config()
        except ValidationError as error:
            where = f"{kind} {name} cannot be used without settings"
            raise SpecError(explain(error, where=where)) from error


def load_registry(plugins: Sequence[str] = ()) -> Registry:
    """A registry of all installed plug-ins and of *plugins* (files or modules)."""
    return Registry(make_manager(plugins))


@final
class _Faults:
    """The faults of loaded plug-ins."""

    def __init__(self) -> None:
        self._messages: dict[Origin, list[str]] = {}

    def add(self, error: PluginError, *origins: Origin) -> None:
        """Keep a fault of *origins*, or raise it: a run needs what was given with `--plugin`."""
        if any(origin.is_given for origin in origins):
            raise error
        for origin in origins:
            self._messages.setdefault(origin, []).append(str(error))

    def added_to(self, entry: Health) -> Health:
        """The health of a plug-in after loading, with its faults."""
        faults = "\n".join(dict.fromkeys(self._messages.get(entry.origin, [])))
        return Health(entry.origin, entry.load_seconds, entry.error or faults or None)


def _collect(loaded: LoadedPlugins, kind: Kind, faults: _Faults) -> list[Registration]:
    """The registrations of one kind; classes that break the contract go to *faults* instead."""
    found: list[Registration] = []
    for implementation in getattr(loaded.manager.hook, kind.hook).get_hookimpls():
        origin = loaded.origins[implementation.plugin_name]
        with catch_plugin_errors() as caught:
            classes = checked_classes(implementation.function(), kind)
            found.extend(Registration(kind.name, plugin, origin) for plugin in classes)
        error = caught.error
        if error is None:
            continue
        message = str(error)
        if not isinstance(error, PluginError):
            message = (
                f"{kind.hook} raised {type(error).__name__}: {error} ({place_of(error)}); fix it"
            )
        faults.add(PluginError(f"plug-in {origin}: {message}"), origin)
    return found


def _clash(claimants: Sequence[Registration], faults: _Faults) -> PluginError:
    """The error on a name that several plug-ins offer."""
    origins = [claimant.origin for claimant in claimants]
    distributions = {origin.distribution for origin in origins}
    # Nobody uninstalls the framework itself, and a plug-in that is given is not installed.
    leaving = {origin.distribution for origin in origins if not origin.is_given} - {PROJECT}
    if len(distributions) == 1:
        leaving.clear()
    fix = "".join(f", or `pip uninstall {name}`" for name in sorted(leaving))
    error = PluginError(
        f"{claimants[0].kind} {claimants[0].name!r} is offered by plug-in "
        f"{' and by plug-in '.join(map(str, origins))}; rename it in one of them{fix}"
    )
    faults.add(error, *origins)
    return error
