"""The site's own Sphinx extension: reference made from the code, and pages of source files."""

from typing import TYPE_CHECKING, Any

from seqreason_site.generated import filled

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: "Sphinx") -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    # The tests fill pages without Sphinx, which their extra does not install.
    from seqreason_site.source_pages import LinksToSources, source_pages  # noqa: PLC0415

    app.connect("source-read", _fill)
    app.add_transform(LinksToSources)
    app.connect("html-collect-pages", source_pages)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _fill(app: "Sphinx", docname: str, source: list[str]) -> None:
    source[0] = filled(source[0])
