"""Names of new plug-ins and spec files: what they may be, and what follows from them."""

import importlib.util
import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from seqreason.errors import SpecError
from seqreason.registry import Registry
from seqreason.spec.benchmark import NAME_PATTERN

_PLUGIN_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MOST_LETTERS: Final = 40
# Files of these names mean something to pytest and to packaging.
_RESERVED: Final = {"conftest", "setup", "tests"}
_SUFFIXES: Final = (".yaml", ".yml")


@final
@dataclass(frozen=True)
class PluginNames:
    """What a plug-in is called: `two-layers` in specs, module `two_layers`, `TwoLayersEncoder`."""

    name: str
    module: str
    class_name: str

    @classmethod
    def of(cls, name: str, *, kind: str) -> "PluginNames":
        """The names that follow from *name*.

        Raises:
            SpecError: no plug-in can be called so.
        """
        if not _PLUGIN_NAME.fullmatch(name) or len(name) > _MOST_LETTERS:
            raise SpecError(
                f"{name!r} cannot be the name of a plug-in: expected lower-case words with hyphens "
                f"between and at most {_MOST_LETTERS} letters, such as two-layers"
            )
        module = name.replace("-", "_")
        if keyword.iskeyword(module) or keyword.issoftkeyword(module):
            raise SpecError(f"{name!r} cannot be the name of a plug-in: it is a word of Python")
        if module in _RESERVED:
            message = f"tools take {module}.py for something else"
            raise SpecError(f"{name!r} cannot be the name of a plug-in: {message}")
        words = [word.capitalize() for word in name.split("-")]
        if words[-1] != kind.capitalize():
            words.append(kind.capitalize())
        return cls(name, module, "".join(words))

    def check_free(self, kind: str, registry: Registry) -> None:
        """Nothing, if neither a plug-in of *kind* nor a module has the name.

        Raises:
            SpecError: one has; the message says which.
        """
        for found in registry.of_kind(kind):
            if found.name == self.name:
                raise SpecError(
                    f"{kind} {self.name!r} is the name of a plug-in of {found.origin}: choose "
                    "another name, or uninstall that one"
                )
        if self.module in sys.stdlib_module_names or importlib.util.find_spec(self.module):
            raise SpecError(
                f"there is a Python module {self.module!r} already, which a package of this name "
                "would hide: choose another name"
            )


def spec_name(file: str) -> str:
    """The name that a new spec file's *file* name gives to what it declares.

    Raises:
        SpecError: it is not the name of a YAML file, or nothing can be called so.
    """
    path = Path(file)
    if path.suffix not in _SUFFIXES:
        raise SpecError(f"{file}: expected the name of a YAML file, such as mine.yaml")
    if not re.fullmatch(NAME_PATTERN, path.stem):
        raise SpecError(
            f"{file}: a spec is called as its file, so expected small letters, digits, and . _ - "
            "after the first of them, such as mine.yaml"
        )
    return path.stem
