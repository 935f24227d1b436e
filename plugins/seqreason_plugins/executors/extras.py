"""Optional packages, imported when a plug-in needs them."""

from importlib import import_module
from typing import Any

from seqreason import SpecError


def import_extra(package: str, *, extra: str) -> Any:
    """The module *package*.

    Raises:
        SpecError: it is not installed; the message says how to install it.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        raise SpecError(f"needs the package {package}: pip install 'seqreason[{extra}]'") from error
