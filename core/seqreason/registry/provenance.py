"""The digest of the code that a plug-in's results depend on."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from seqreason.interfaces import Plugin


@cache
def source_digest(plugin: type[Plugin]) -> str:
    """A hash of the plug-in's module and of the modules that it imports from its own package.

    It changes with the plug-in or with code that it uses, and not with its neighbours. The code of
    other packages is identified by their versions.
    """
    hashed = blake2b(digest_size=16)
    for _, path in sorted(_module_closure(plugin.__module__).items()):
        # Without the path: a plug-in file that is moved is the same plug-in.
        content = path.read_bytes()
        hashed.update(len(content).to_bytes(8, "little") + content)
    return hashed.hexdigest()


def _module_closure(start: str) -> dict[str, Path]:
    """The files of *start* and of all modules of its package that it imports, by module."""
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
