"""Finding and loading plug-ins: installed ones by entry point, others by file or module.

A plug-in that cannot be loaded stops only the runs that use it. Its error is kept as its `Health`,
for `seqreason plugins` and for the message of such a run.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from time import perf_counter
from typing import Final, final

import pluggy

from seqreason.errors import PluginError
from seqreason.registry import hookspecs
from seqreason.registry.hook_checks import check_hooks
from seqreason.registry.import_faults import import_fault_message, load_entry_point
from seqreason.registry.plugin_errors import catch_plugin_errors, place_of

ENTRY_POINT_GROUP: Final = "seqreason"
_GIVEN: Final = "given with --plugin"
_FILE_MODULE_PREFIX: Final = "seqreason_plugin_file_"


@final
@dataclass(frozen=True)
class Origin:
    """Where a plug-in comes from: its name and its distribution."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})".replace(" )", ")")

    @property
    def is_given(self) -> bool:
        """Whether it was given for this run with `--plugin`, not installed."""
        return self.distribution == _GIVEN


@final
@dataclass(frozen=True)
class Health:
    """Whether one plug-in could be loaded.

    Attributes:
        error: the whole message, which names the plug-in; None if it is healthy.
    """

    origin: Origin
    load_seconds: float
    error: str | None


@final
@dataclass(frozen=True)
class LoadedPlugins:
    """A plug-in manager and the health of each plug-in.

    Attributes:
        origins: the origin of each plug-in, by its name in the manager.
    """

    manager: pluggy.PluginManager
    origins: dict[str, Origin]
    health: tuple[Health, ...]


def make_manager(given: Sequence[str] = ()) -> LoadedPlugins:
    """A new manager with every installed plug-in and those *given* by file or module.

    A plug-in that is given twice, or both given and installed, is loaded once.

    Raises:
        PluginError: a plug-in that was given cannot be loaded.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    installed = [(_origin_of(entry), entry) for entry in entry_points(group=ENTRY_POINT_GROUP)]
    health = [
        _load_into(manager, origin, partial(load_entry_point, entry))
        for origin, entry in sorted(installed, key=lambda pair: str(pair[0]))
    ]
    for name in given:
        if _is_loaded(manager, name):
            continue
        outcome = _load_into(manager, Origin(name, _GIVEN, ""), partial(_load_given, name))
        if outcome.error is not None:
            raise PluginError(outcome.error)
        health.append(outcome)
    origins = {str(entry.origin): entry.origin for entry in health if entry.error is None}
    return LoadedPlugins(manager, origins, tuple(health))


def _load_into(manager: pluggy.PluginManager, origin: Origin, load: Callable[[], object]) -> Health:
    start = perf_counter()
    with catch_plugin_errors() as caught:
        try:
            module = load()
        except SystemExit as error:
            raise PluginError(
                f"it exits while it is imported ({place_of(error)}); put the code of the program "
                'under `if __name__ == "__main__":`'
            ) from error
        check_hooks(manager, module)
        if manager.is_registered(module):
            raise PluginError(
                f"plug-in {manager.get_name(module)} is the same module; delete one of the two "
                f"lines under [project.entry-points.{ENTRY_POINT_GROUP}] in pyproject.toml"
            )
        manager.register(module, name=str(origin))
    message = None
    if isinstance(caught.error, PluginError):
        message = f"plug-in {origin}: {caught.error}"
    elif caught.error is not None:
        message = f"plug-in {origin} cannot be imported: {import_fault_message(caught.error)}"
    return Health(origin, perf_counter() - start, message)


def _origin_of(entry: EntryPoint) -> Origin:
    if entry.dist is None:
        return Origin(entry.name, "unknown distribution", "")
    return Origin(entry.name, entry.dist.name, entry.dist.version)


def _is_loaded(manager: pluggy.PluginManager, name: str) -> bool:
    """Whether the manager has the file or module that is given as *name*."""
    for module in manager.get_plugins():
        file = getattr(module, "__file__", None)
        if name == module.__name__ or (file and Path(file).resolve() == Path(name).resolve()):
            return True
    return False


def _load_given(name: str) -> object:
    path = Path(name)
    looks_like_file = path.suffix == ".py" or len(path.parts) > 1
    if looks_like_file and not path.is_file():
        raise PluginError("there is no such file; give its path relative to this folder")
    if looks_like_file:
        return _import_file(path.resolve())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise PluginError(
            f"there is no module {error.name}; give a file that ends in .py, or a module of an "
            "installed package"
        ) from error


def _import_file(path: Path) -> object:
    # Files of one name in different folders are different modules.
    place = blake2b(str(path).encode(), digest_size=4).hexdigest()
    name = f"{_FILE_MODULE_PREFIX}{path.stem}_{place}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError("a plug-in file must end in .py; rename it")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look up their module by name while it is executed, and pickle does later.
    sys.modules[name] = module
    with ExitStack() as on_failure:
        on_failure.callback(sys.modules.pop, name)
        spec.loader.exec_module(module)
        on_failure.pop_all()
    return module
