"""Links from pages to files outside of the documentation: each such file becomes a page.

In a repository view `../core/seqreason/registry/hookspecs.py` is a link to the file. On the site it
leads to a page that shows the file. A link to a folder leads to a page that lists its files.
"""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.transforms import SphinxTransform

Page = tuple[str, dict[str, Any], str]

_LANGUAGES: Final = {
    ".py": "python",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".md": "markdown",
    "": "text",
}
_HIDDEN: Final = ("__pycache__", "dist", "build")
_FOLDER: Final = "source"


class LinksToSources(SphinxTransform):
    """Turns links to other files and folders into links to pages that show them."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Change the links in place, and note the files that they need."""
        wanted: set[str] = getattr(self.env, "wanted_sources", set())
        for node, path in list(self._links()):
            place = path.relative_to(_root(self.app)).as_posix()
            wanted.add(place)
            up = "../" * self.env.docname.count("/")
            uri = f"{up}{_FOLDER}/{place}.html"
            node.replace_self(nodes.reference("", "", *node.children, refuri=uri, internal=True))
        self.env.wanted_sources = wanted  # type: ignore[attr-defined]

    def _links(self) -> Iterator[tuple[nodes.Element, Path]]:
        """Each link to a file or folder that exists and is not a page, with its path."""
        pages = Path(self.env.srcdir)
        here = (pages / self.env.docname).parent
        for node in self.document.findall(nodes.Element):
            if isinstance(node, addnodes.download_reference | addnodes.pending_xref):
                target = str(node["reftarget"])
                if node["refdomain"] == "doc":
                    path = pages / f"{target}.md"
                    is_page = target in self.env.found_docs
                else:
                    path, is_page = (here / target).resolve(), False
                if path.exists() and path.is_relative_to(pages.parent) and not is_page:
                    yield node, path


def source_pages(app: Sphinx) -> Iterator[Page]:
    """A page for each file that a page links to, and for each file of a linked folder."""
    root = _root(app)
    folders_and_files: set[str] = getattr(app.env, "wanted_sources", set())
    wanted = {root / place for place in folders_and_files}
    for folder in [path for path in wanted if path.is_dir()]:
        inside = _files(folder)
        yield _page(folder, root, _listing(folder, inside))
        wanted.update(inside)
    for file in sorted(path for path in wanted if path.is_file()):
        yield _page(file, root, _highlighted(app, file))


def _root(app: Sphinx) -> Path:
    """The repository, which holds the documentation as one folder."""
    return Path(app.srcdir).parent


def _files(folder: Path) -> list[Path]:
    """The files in *folder* that can be shown, at any depth."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in _LANGUAGES and not set(path.parts) & set(_HIDDEN)
    )


def _page(path: Path, root: Path, body: str) -> Page:
    place = path.relative_to(root).as_posix()
    heading = f"<h1><code>{html.escape(place)}</code></h1>"
    context = {"parents": [], "title": place, "body": f"{heading}\n{body}"}
    return f"{_FOLDER}/{place}", context, "page.html"


def _listing(folder: Path, files: list[Path]) -> str:
    names = [file.relative_to(folder).as_posix() for file in files]
    rows = [f'<li><a href="{folder.name}/{name}.html">{name}</a></li>' for name in names]
    return "<ul>" + "\n".join(rows) + "</ul>"


def _highlighted(app: Sphinx, file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    language = _LANGUAGES.get(file.suffix, "text")
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    return str(app.builder.highlighter.highlight_block(text, language))
