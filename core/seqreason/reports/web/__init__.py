"""Results as one self-contained HTML page."""

from seqreason.reports.web.chapter import Chapter, chapter_of
from seqreason.reports.web.document import html_page
from seqreason.reports.web.gallery import Budget

__all__ = ["Budget", "Chapter", "chapter_of", "html_page"]
