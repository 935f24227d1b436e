"""Whether a plug-in's functions are the hooks that its author intended.

pluggy ignores a function that is not marked as a hook or has an unknown name. Without these checks,
the classes that it offers would be missing without a message.
"""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import pluggy

from seqreason.errors import PluginError
from seqreason.registry import hookspecs

HOOKS: Final = tuple(name for name in vars(hookspecs) if name.startswith(hookspecs.PREFIX))


def check_hooks(manager: pluggy.PluginManager, module: object) -> None:
    """Check the functions of *module* before the *manager* registers it.

    Raises:
        PluginError: a hook is misspelt, unmarked or takes arguments, or there is no hook. The
            message continues the name of the plug-in.
    """
    is_hook = False
    for name, function in vars(module).items():
        if not inspect.isroutine(function):
            continue
        options = manager.parse_hookimpl_opts(module, name)
        if options is None:
            _check_unmarked(name)
        else:
            _check_marked(options["specname"] or name, function, options)
            is_hook = True
    if not is_hook:
        raise PluginError(
            "it implements no hook; mark a function such as `seqreason_encoders` with "
            "@seqreason.hookimpl and have it return a list of classes"
        )


def _check_unmarked(name: str) -> None:
    # An ordinary function may have any name that does not resemble a hook.
    close = get_close_matches(name, HOOKS, n=1, cutoff=0.9)
    if not close:
        return
    renaming = "" if name in HOOKS else f" and name it {close[0]}"
    raise PluginError(
        f"its function {name} is not marked as a hook; write @seqreason.hookimpl above it{renaming}"
    )


def _check_marked(name: str, function: Callable[..., Any], options: Mapping[str, Any]) -> None:
    if name not in HOOKS:
        close = get_close_matches(name, HOOKS, n=1, cutoff=0.5)
        fix = f"name it {close[0]}" if close else f"the hooks are {', '.join(HOOKS)}"
        raise PluginError(f"there is no hook {name}; {fix}")
    if options["wrapper"] or options["hookwrapper"]:
        raise PluginError(
            f"its hook {name} is marked as a wrapper, but hooks return lists; write "
            "@seqreason.hookimpl without arguments above it"
        )
    named = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and parameter.default is parameter.empty
    ]
    if named:
        raise PluginError(
            f"its hook {name} takes {', '.join(named)}, but hooks take no arguments; write "
            f"`def {name}():`"
        )
