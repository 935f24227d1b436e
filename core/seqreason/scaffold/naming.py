"""Names of new plug-ins and spec files: the rules for them, and the names derived from them."""

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
_MAX_LENGTH: Final = 40
# pytest and packaging tools give files of these names a meaning.
_RESERVED: Final = {"conftest", "setup", "tests"}
_SUFFIXES: Final = (".yaml", ".yml")


@final
@dataclass(frozen=True)
class PluginNames:
    """A plug-in's three names: `two-layers` in specs, module `two_layers`, `TwoLayersEncoder`."""

    name: str
    module: str
    class_name: str

    @classmethod
    def of(cls, name: str, *, kind: str) -> "PluginNames":
        """The names derived from *name*.

        Raises:
            SpecError: a plug-in cannot have that name.
        """
        refusal = f"{name!r} cannot be the name of a plug-in"
        if not _PLUGIN_NAME.fullmatch(name) or len(name) > _MAX_LENGTH:
            raise SpecError(
                f"{refusal}: use lower-case words joined by hyphens, such as two-layers, and at "
                f"most {_MAX_LENGTH} characters"
            )
        module = name.replace("-", "_")
        if keyword.iskeyword(module) or keyword.issoftkeyword(module):
            raise SpecError(f"{refusal}: it is a Python keyword")
        if module in _RESERVED:
            raise SpecError(f"{refusal}: {module}.py has a special meaning to Python tools")
        words = [word.capitalize() for word in name.split("-")]
        if words[-1] != kind.capitalize():
            words.append(kind.capitalize())
        return cls(name, module, "".join(words))

    def check_free(self, kind: str, registry: Registry) -> None:
        """Check that neither a plug-in of *kind* nor a module has the name.

        Raises:
            SpecError: one of them has it; the message says which.
        """
        for registration in registry.of_kind(kind):
            if registration.name == self.name:
                raise SpecError(
                    f"{kind} {self.name!r} exists already, in {registration.origin}: choose "
                    "another name, or uninstall that plug-in"
                )
        if self.module in sys.stdlib_module_names or importlib.util.find_spec(self.module):
            raise SpecError(
                f"the Python module {self.module!r} exists already, and the new package would "
                "hide it: choose another name"
            )


def spec_name(file: str) -> str:
    """The name of the spec in a new file: the file's name without its suffix.

    Raises:
        SpecError: *file* is not the name of a YAML file, or a spec cannot have that name.
    """
    path = Path(file)
    if path.suffix not in _SUFFIXES:
        raise SpecError(f"{file}: expected the name of a YAML file, such as mine.yaml")
    if not re.fullmatch(NAME_PATTERN, path.stem):
        raise SpecError(
            f"{file}: a spec is named after its file: use small letters, digits, and . _ - after "
            "the first character, such as mine.yaml"
        )
    return path.stem
