"""Messages on a plug-in that cannot be imported: the fix, and the lines of the author's code."""

import importlib
import inspect
import re
import traceback
from importlib.metadata import EntryPoint
from types import ModuleType

from pydantic import PydanticUserError

from seqreason.errors import PluginError
from seqreason.registry.plugin_errors import own_part, place_of


def load_entry_point(entry: EntryPoint) -> ModuleType:
    """The module that an entry point names.

    Raises:
        PluginError: it names something else or nothing. The message continues the name of the
            plug-in.
    """
    if EntryPoint.pattern.match(entry.value) is None:
        raise _wrong_target(entry, "names no module")
    try:
        target: object = importlib.import_module(entry.module)
    except ModuleNotFoundError as error:
        # Another missing module is one that the plug-in imports.
        if error.name is None or not f"{entry.module}.".startswith(f"{error.name}."):
            raise
        stem = entry.module.removesuffix(".py")
        message = f"names the module {error.name}, which does not exist"
        raise _wrong_target(entry, message, stem if stem != entry.module else None) from error
    for part in filter(None, (entry.attr or "").split(".")):
        if part not in dir(target):
            message = f"names {part}, which {entry.module} does not have"
            raise _wrong_target(entry, message, entry.module)
        target = getattr(target, part)
    if not isinstance(target, ModuleType):
        noun = "class" if inspect.isclass(target) else "function" if callable(target) else "value"
        message = f"names the {noun} {entry.attr}, not a module"
        raise _wrong_target(entry, message, entry.module)
    return target


def _wrong_target(entry: EntryPoint, message: str, module: str | None = None) -> PluginError:
    fix = f'to `{entry.name} = "{module}"`' if module else "to a module that exists"
    distribution = "the package" if entry.dist is None else entry.dist.name
    return PluginError(
        f'its entry point `{entry.name} = "{entry.value}"` {message}; change that line under '
        f"[project.entry-points.{entry.group}] in pyproject.toml {fix}, and install "
        f"{distribution} again"
    )


def import_fault_message(error: Exception) -> str:
    """The message on *error*, which a plug-in's code raised while it was imported.

    It is one line with the error, its place and the fix. If several lines of the author's code led
    there, their traceback follows.
    """
    if isinstance(error, SyntaxError):
        place = f"{error.filename}, line {error.lineno}"
        return f"{type(error).__name__}: {error.msg} ({place}); fix that line"
    if isinstance(error, PydanticUserError):
        message, fix = _model_fault(error)
        return f"{message} ({place_of(error)}); {fix}"
    fix = "fix that line"
    if isinstance(error, ModuleNotFoundError):
        fix = f"install the package that provides {error.name}, or correct the import"
    line = f"{type(error).__name__}: {error} ({place_of(error)}); {fix}"
    trace = own_part(error.__traceback__)
    if trace is None or (trace.tb_next is None and error.__context__ is None):
        return line
    return line + "\n" + "".join(traceback.format_exception(type(error), error, trace)).rstrip()


def _model_fault(error: PydanticUserError) -> tuple[str, str]:
    """What is wrong with a pydantic model, and the fix."""
    bare = re.search(r"(?<=`)(\w+) = (.*?)(?=`\.)", error.message)
    if bare and error.code == "model-field-missing-annotation":
        return f"the setting `{bare[0]}` has no type", f"write `{bare[1]}: TYPE = {bare[2]}`"
    return error.message.partition("\n")[0], "fix that line"
