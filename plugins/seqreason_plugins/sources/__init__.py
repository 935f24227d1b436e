"""Glyph sources: `strokes`, drawn offline, and `ocr-letters`, real handwriting."""

import seqreason
from seqreason.interfaces import GlyphSource
from seqreason_plugins.sources.ocr_letters import OcrLetters
from seqreason_plugins.sources.strokes import Strokes

__all__ = ["OcrLetters", "Strokes", "seqreason_sources"]


@seqreason.hookimpl
def seqreason_sources() -> list[type[GlyphSource]]:
    """The built-in glyph sources."""
    return [OcrLetters, Strokes]
