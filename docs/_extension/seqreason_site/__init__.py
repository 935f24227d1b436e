"""The site's own Sphinx extension: reference made from the code, and pages of source files."""

from typing import Any

from sphinx.application import Sphinx

from seqreason_site.generated import filled
from seqreason_site.source_pages import LinksToSources, source_pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.connect("source-read", _fill)
    app.add_transform(LinksToSources)
    app.connect("html-collect-pages", source_pages)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    source[0] = filled(source[0])
