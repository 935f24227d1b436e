"""Which code a plug-in's results depend on, as a digest."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from seqreason.interfaces import Plugin


@cache
def source_digest(plugin: type[Plugin]) -> str:
    """A hash of the plug-in's module and of those that it imports from its own package.

    So a change to one plug-in, or to what it builds on, is seen, and a change to its
    neighbours is not. What other packages do is told by their versions.
    """
    hashed = blake2b(digest_size=16)
    for _, path in sorted(_module_closure(plugin.__module__).items()):
        # Contents alone: a plug-in file that is moved is still the same plug-in.
        content = path.read_bytes()
        hashed.update(len(content).to_bytes(8, "little") + content)
    return hashed.hexdigest()


def _module_closure(start: str) -> dict[str, Path]:
    """The modules of *start*'s top-level package that it reaches by imports, with their files."""
    package = start.partition(".")[0]
    found: dict[str, Path] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        file = getattr(sys.modules.get(name), "__file__", None)
        if name in found or file is None or not file.endswith(".py"):
            continue
        found[name] = Path(file)
        imported = _imported_names(ast.parse(Path(file).read_bytes()), name)
        waiting.extend(other for other in imported if other.partition(".")[0] == package)
    return found


def _imported_names(tree: ast.Module, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
