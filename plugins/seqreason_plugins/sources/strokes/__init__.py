"""`strokes`: letters drawn offline from stroke skeletons by simulated writers."""

from seqreason_plugins.sources.strokes.source import Strokes

__all__ = ["Strokes"]
