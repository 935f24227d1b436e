"""Every command of the command line, with its arguments and options."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from seqreason.cli import app

_BOLD = re.compile(r"\[bold\](.*?)\[/bold\]")


def markdown() -> str:
    """A section for each command."""
    return "\n\n".join(
        _text(path, command)
        for path, command in _commands("seqreason", typer.main.get_command(app))
    )


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Each command that does something, with the words that you type to run it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from _commands(f"{path} {name}", inner)


def _text(path: str, command: Any) -> str:
    shown = [one for one in command.params if "--help" not in one.opts]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    options = [one for one in shown if one.param_type_name == "option"]
    words = " ".join([path, *[_placeholder(one) for one in arguments], "[OPTION]…"])
    parts = [f"## {path}", f"```text\n{words}\n```", _help(command.help or "")]
    if arguments:
        parts.append(_table("argument", arguments))
    if options:
        parts.append(_table("option", options))
    return "\n\n".join(parts)


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name.upper()) + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _help(text: str) -> str:
    """The command's docstring, with its indented examples as one block of text."""
    before, _, examples = text.partition("Examples:")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    block = "\n\n```text\n" + "\n".join(lines) + "\n```" if lines else ""
    return _marked(before.replace("\b", "").strip()) + block


def _table(noun: str, parameters: list[Any]) -> str:
    rows = [
        f"| {_spelling(one)} | {_marked(one.help or '')} | {_default(one)} |" for one in parameters
    ]
    return f"| {noun} | meaning | default |\n|---|---|---|\n" + "\n".join(rows)


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_placeholder(parameter)}`"
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    takes = "" if parameter.is_flag else f" `{parameter.metavar or parameter.name.upper()}`"
    return names + takes


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    is_shown = default not in (None, False, ()) and not callable(default)
    return f"`{default}`" if is_shown else ""


def _marked(text: str) -> str:
    """Rich's markup as Markdown, with pipes escaped, since a pipe ends a table's cell."""
    return _BOLD.sub(r"`\1`", text).replace("|", "\\|")
