"""The loader of glyphs: each source is loaded once in a process."""

from collections.abc import Callable
from typing import final

from seqreason.data.glyph_cache import load_glyphs
from seqreason.interfaces import no_progress
from seqreason.registry import Registry
from seqreason.spec.choice import PluginChoice
from seqreason.structures.glyphs import Glyphs


@final
class GlyphLoader:
    """Holds the glyphs of each source and their digest for all benchmarks that share them."""

    def __init__(
        self, registry: Registry, *, progress: Callable[[int, int], None] = no_progress
    ) -> None:
        self._registry, self._progress = registry, progress
        self._glyphs: dict[str, Glyphs] = {}
        self._digests: dict[str, str] = {}

    def glyphs(self, choice: PluginChoice) -> Glyphs:
        """The glyphs of the chosen source; it raises the errors of `load_glyphs`."""
        # Not a dump, which leaves out paths of files.
        key = repr(choice)
        if key not in self._glyphs:
            self._glyphs[key] = load_glyphs(choice, self._registry, progress=self._progress)
        return self._glyphs[key]

    def digest(self, choice: PluginChoice) -> str:
        """The digest of these glyphs."""
        key = repr(choice)
        if key not in self._digests:
            self._digests[key] = self.glyphs(choice).digest()
        return self._digests[key]
