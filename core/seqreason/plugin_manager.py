"""Finding and loading plug-ins: installed ones by entry point, others by file or module.

A plug-in that cannot be loaded does not stop those that do not need it: what went wrong is
kept as its `Health`, for `seqreason plugins` and for the message of a run that names it.
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from time import perf_counter
from typing import Final, final

import pluggy

from seqreason import hookspecs
from seqreason.borders import plugin_border
from seqreason.errors import PluginError

ENTRY_POINT_GROUP: Final = "seqreason"
_FILE_MODULE_PREFIX: Final = "seqreason_plugin_file_"


@final
@dataclass(frozen=True)
class Origin:
    """Where a plug-in comes from: its name, and the distribution that brought it."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})".replace(" )", ")")


@final
@dataclass(frozen=True)
class Health:
    """How loading one plug-in went; `error` is None when it went well."""

    origin: Origin
    load_seconds: float
    error: str | None


@final
@dataclass(frozen=True)
class LoadedPlugins:
    """A plug-in manager with where each of its plug-ins is from, and how loading each went."""

    manager: pluggy.PluginManager
    origins: dict[str, Origin]
    health: tuple[Health, ...]


def make_manager(given: Sequence[str] = ()) -> LoadedPlugins:
    """A fresh manager holding every installed plug-in and those *given* by file or module.

    Raises:
        PluginError: a plug-in that was given cannot be loaded.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    origins: dict[str, Origin] = {}
    health: list[Health] = []

    def add(origin: Origin, load: Callable[[], object]) -> Health:
        outcome = _load_into(manager, origin, load)
        health.append(outcome)
        if outcome.error is None:
            origins[origin.plugin] = origin
        return outcome

    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        add(_origin_of(entry), entry.load)
    for name in given:
        outcome = add(Origin(name, "given with --plugin", ""), _loader_of(name))
        if outcome.error is not None:
            raise PluginError(f"plug-in {outcome.origin} cannot be loaded:\n{outcome.error}")
    return LoadedPlugins(manager, origins, tuple(health))


def _load_into(manager: pluggy.PluginManager, origin: Origin, load: Callable[[], object]) -> Health:
    start = perf_counter()
    with plugin_border() as border:
        module = load()
        manager.register(module, name=origin.plugin)
        _check_hook_names(manager, module, origin)
    if border.error is not None and manager.has_plugin(origin.plugin):
        manager.unregister(name=origin.plugin)
    return Health(origin, perf_counter() - start, _told(border.error))


def _check_hook_names(manager: pluggy.PluginManager, module: object, origin: Origin) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as unknown:
        known = [name for name in vars(hookspecs) if name.startswith("seqreason_")]
        raise PluginError(f"{unknown}: the hooks are {', '.join(known)}") from unknown
    if not manager.get_hookcallers(module):
        raise PluginError(
            f"{origin.plugin} implements no hook: mark a function such as `seqreason_encoders` "
            "with @seqreason.hookimpl and have it return a list of classes"
        )


def _origin_of(entry: EntryPoint) -> Origin:
    if entry.dist is None:
        return Origin(entry.name, "unknown distribution", "")
    return Origin(entry.name, entry.dist.name, entry.dist.version)


def _loader_of(name: str) -> Callable[[], object]:
    path = Path(name)
    looks_like_file = path.suffix == ".py" or len(path.parts) > 1
    if looks_like_file and not path.is_file():
        raise PluginError(f"--plugin {name}: there is no such file")
    if looks_like_file:
        return lambda: _import_file(path.resolve())
    return lambda: importlib.import_module(name)


def _import_file(path: Path) -> object:
    # Two files of one name in different folders are two modules.
    place = blake2b(str(path).encode(), digest_size=4).hexdigest()
    name = f"{_FILE_MODULE_PREFIX}{path.stem}_{place}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"--plugin {path}: a plug-in file must end in .py")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickling look a class's module up by name, while it is being executed too.
    sys.modules[name] = module
    with ExitStack() as on_failure:
        on_failure.callback(sys.modules.pop, name)
        spec.loader.exec_module(module)
        on_failure.pop_all()
    return module


def _told(error: Exception | None) -> str | None:
    """Our own message as it is; what a plug-in's code raised, from its own first frame on."""
    if error is None or isinstance(error, PluginError):
        return None if error is None else str(error)
    machinery = (
        str(Path(__file__).parent),
        "<frozen importlib",
        str(Path(importlib.__file__).parent),
    )
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename.startswith(machinery):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
