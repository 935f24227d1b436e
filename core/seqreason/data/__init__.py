"""From the glyphs of a source and the sequences of a generator to batches of frames."""

from seqreason.data.bank import GlyphBank
from seqreason.data.examples import ExampleSet
from seqreason.data.glyph_cache import load_glyphs
from seqreason.data.glyph_loader import GlyphLoader

__all__ = ["ExampleSet", "GlyphBank", "GlyphLoader", "load_glyphs"]
