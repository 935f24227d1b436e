"""Signatures and docstrings of the code, as Markdown."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from textwrap import dedent
from typing import Any, Final

_WIDTH: Final = 88
_SECTION: Final = re.compile(r"^(Shapes|Attributes|Raises|Returns|Args|Examples):$")
_ENTRY: Final = re.compile(r"^(?P<name>[\w, …/]+): (?P<text>.*)$", re.S)


def signature_of(function: Callable[..., Any]) -> str:
    """The `def` line of *function* as it is written, without its body."""
    tree = ast.parse(dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    returns = f" -> {_unquoted(tree.returns)}" if tree.returns else ""
    arguments = list(_arguments(tree.args))
    whole = f"def {tree.name}({', '.join(arguments)}){returns}"
    if len(whole) <= _WIDTH:
        return whole
    lines = "".join(f"    {entry},\n" for entry in arguments)
    return f"def {tree.name}(\n{lines}){returns}"


def _unquoted(annotation: ast.expr) -> str:
    """An annotation as it is meant: a string stands for a name that is known later."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    """Each argument by itself, with the star that begins the keyword-only ones."""
    plain, missing = arguments.args, len(arguments.args) - len(arguments.defaults)
    for place, argument in enumerate(plain):
        has_default = place >= missing
        yield _argument(argument, arguments.defaults[place - missing] if has_default else None)
    if arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(argument, default)


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(argument)
    return text if default is None else f"{text} = {ast.unparse(default)}"


def docstring_of(documented: object) -> str:
    """The docstring as Markdown: sections such as `Shapes:` become lists under a bold word."""
    text = inspect.cleandoc(getattr(documented, "__doc__", "") or "")
    return "\n\n".join(_paragraph(lines) for lines in _paragraphs(text))


def _paragraphs(text: str) -> list[list[str]]:
    return [block.splitlines() for block in re.split(r"\n\s*\n", text) if block.strip()]


def _paragraph(lines: list[str]) -> str:
    if not _SECTION.match(lines[0]):
        return _literal(lines) if lines[0].startswith("    ") else "\n".join(lines)
    entries: list[str] = []
    for line in dedent("\n".join(lines[1:])).splitlines():
        if line.startswith(" ") and entries:
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line)
    return f"**{lines[0]}**\n\n" + "\n".join(f"- {_entry(entry)}" for entry in entries)


def _literal(lines: list[str]) -> str:
    return "```text\n" + dedent("\n".join(lines)) + "\n```"


def _entry(line: str) -> str:
    found = _ENTRY.match(line)
    if not found:
        return line
    names = ", ".join(f"`{name}`" for name in found["name"].split(", "))
    return f"{names}: {found['text']}"


def code_block(code: str) -> str:
    """*code* as a block of Python."""
    return f"```python\n{code}\n```"


def method_text(owner: type, method: str) -> str:
    """One method: its signature, then what it says of itself."""
    found = inspect.getattr_static(owner, method)
    function = getattr(found, "__func__", getattr(found, "fget", None)) or found
    decorator = "@property\n" if isinstance(found, property) else ""
    return f"{code_block(decorator + signature_of(function))}\n\n{docstring_of(function)}"


def fields_text(record: type) -> str:
    """The fields of a dataclass as declarations, one a line; empty for anything else."""
    if not is_dataclass(record):
        return ""
    source = ast.parse(dedent(inspect.getsource(record))).body[0]
    assert isinstance(source, ast.ClassDef)
    names = {field.name for field in fields(record)}
    lines = [
        ast.unparse(statement)
        for statement in source.body
        if isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", "") in names
    ]
    return code_block("\n".join(lines)) if lines else ""


def public_methods(owner: type) -> Iterable[str]:
    """The names of the methods and properties that *owner* itself defines for others."""
    for name, value in vars(owner).items():
        is_shown = callable(value) or isinstance(value, property | classmethod)
        if is_shown and not name.startswith("_") and not isinstance(value, type):
            yield name
