"""Glyph sources: drawn offline (`strokes`), published (`emnist`, `ocr-letters`), or your own."""

import seqreason
from seqreason_plugins.sources.emnist import Emnist
from seqreason_plugins.sources.image_folder import ImageFolder
from seqreason_plugins.sources.ocr_letters import OcrLetters
from seqreason_plugins.sources.strokes import Strokes

__all__ = ["Emnist", "ImageFolder", "OcrLetters", "Strokes", "seqreason_sources"]


@seqreason.hookimpl
def seqreason_sources() -> list[type[seqreason.GlyphSource]]:
    """The built-in glyph sources."""
    return [Emnist, ImageFolder, OcrLetters, Strokes]
