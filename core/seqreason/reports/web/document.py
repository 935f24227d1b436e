"""From chapters to one HTML document, which needs nothing beside itself."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined

from seqreason.reports.page import ACCENT, FAINT, HAIRLINE, INK, PAPER
from seqreason.reports.web.chapter import Chapter


def html_page(chapters: Sequence[Chapter], *, title: str, command: str, at: datetime) -> str:
    """The page; *command* is what made it, *at* that time."""
    templates = Environment(
        loader=PackageLoader("seqreason.reports", "web"),
        # Names of arms, symbols and settings are the user's, and may hold anything.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("page.html.jinja").render(
        title=title,
        chapters=chapters,
        made=f"{at:%Y-%m-%d %H:%M}",
        command=command,
        version=version("seqreason"),
        colours={
            "paper": PAPER, "ink": INK, "faint": FAINT, "accent": ACCENT, "hairline": HAIRLINE
        },
    )  # fmt: skip
