"""Fills the places of a page that say `<!-- made from the code: NAME -->`."""

import re
from collections.abc import Callable
from typing import Final

from seqreason_site import commands, conformance, hooks, metrics, plugins, python, specs

_PLACE: Final = re.compile(r"<!-- made from the code: (?P<name>[\w-]+) -->")
MAKERS: Final[dict[str, Callable[[], str]]] = {
    "hooks": hooks.markdown,
    "python": python.markdown,
    "specs": specs.markdown,
    "plugins": plugins.markdown,
    "commands": commands.markdown,
    "conformance": conformance.markdown,
    "metrics": metrics.markdown,
}


def filled(page: str) -> str:
    """The Markdown *page* with each place filled from the code."""
    return _PLACE.sub(lambda found: MAKERS[found["name"]](), page)
