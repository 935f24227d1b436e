"""From chapters to one self-contained HTML document."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined

from seqreason.reports.page import ACCENT, FAINT, HAIRLINE, INK, PAPER
from seqreason.reports.web.chapter import Chapter

_COLOURS = {"paper": PAPER, "ink": INK, "faint": FAINT, "accent": ACCENT, "hairline": HAIRLINE}


def html_page(chapters: Sequence[Chapter], *, title: str, command: str, at: datetime) -> str:
    """The page, which says that *command* made it *at* that time."""
    templates = Environment(
        loader=PackageLoader("seqreason.reports", "web"),
        # Users choose the names of arms, symbols and settings, so they may hold markup.
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
        colours=_COLOURS,
    )
