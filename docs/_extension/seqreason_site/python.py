"""Every public name of `seqreason`, in sections by the package that it comes from."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import seqreason
from seqreason.interfaces import Plugin
from seqreason_site.code_text import (
    code_block,
    docstring_of,
    fields_text,
    method_text,
    public_methods,
    signature_of,
)

# What has no docstring of its own, with its package.
_CONSTANTS: Final = {
    "PADDING": ("structures", "The integer -1: it fills arrays of symbols up to one length."),
    "__version__": ("runs", "The version of seqreason, a string."),
    "hookimpl": ("interfaces", "The decorator of a plug-in's [hooks](hooks.md)."),
}
_SECTIONS: Final = (
    ("Runs and examples", ("runs", "assembly"), "For programs: run a spec, or draw its examples."),
    (
        "Interfaces and contexts",
        ("interfaces",),
        "For plug-ins: what a class implements, and the record that its constructor receives.",
    ),
    ("Values", ("structures", "randomness"), "For plug-ins: what methods receive and return."),
    (
        "Errors",
        ("errors",),
        "For plug-ins and programs: everything that seqreason raises on purpose.",
    ),
)


def markdown() -> str:
    """A section a group of packages, and in it a section a name."""
    documented = {
        **{name: getattr(seqreason, name) for name in seqreason.__all__},
        "Plugin": Plugin,
    }
    return "\n\n".join(
        f"## {title}\n\n{introduction}\n\n"
        + "\n\n".join(
            f"### {name}\n\n{_text(name, documented[name])}"
            for name in sorted(documented)
            if _package(name, documented[name]) in packages
        )
        for title, packages, introduction in _SECTIONS
    )


def _package(name: str, value: Any) -> str:
    if name in _CONSTANTS:
        return _CONSTANTS[name][0]
    return str(value.__module__).split(".")[1]


def _text(name: str, value: Any) -> str:
    if name in _CONSTANTS:
        return _CONSTANTS[name][1]
    if inspect.isfunction(value):
        return f"{code_block(signature_of(value))}\n\n{docstring_of(value)}"
    return "\n\n".join(filter(None, [docstring_of(value), fields_text(value), *_methods(value)]))


def _methods(owner: type) -> Iterator[str]:
    """The methods that a plug-in must implement, or of a complete class those that it offers."""
    left_open: frozenset[str] = getattr(owner, "__abstractmethods__", frozenset())
    for name in vars(owner):
        if name in (left_open or public_methods(owner)):
            yield f"#### {owner.__name__}.{name}\n\n{method_text(owner, name)}"
