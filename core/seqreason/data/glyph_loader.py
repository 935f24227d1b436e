"""The loader: glyphs of the sources in use, each source loaded once a process."""

from collections.abc import Callable
from typing import final

from seqreason.data.glyph_cache import load_glyphs
from seqreason.interfaces import no_progress
from seqreason.registry import Registry
from seqreason.spec.choice import PluginChoice
from seqreason.structures.glyphs import Glyphs


@final
class GlyphLoader:
    """Holds glyphs, and the digest of each source's, for all benchmarks that share them."""

    def __init__(
        self, registry: Registry, *, progress: Callable[[int, int], None] = no_progress
    ) -> None:
        self._registry, self._progress = registry, progress
        self._glyphs: dict[str, Glyphs] = {}
        self._digests: dict[str, str] = {}

    def glyphs(self, choice: PluginChoice) -> Glyphs:
        """The glyphs of the chosen source; see `load_glyphs` for what is raised."""
        # The settings as they are, as a dump leaves out where files lie.
        key = repr(choice)
        if key not in self._glyphs:
            self._glyphs[key] = load_glyphs(choice, self._registry, progress=self._progress)
        return self._glyphs[key]

    def digest(self, choice: PluginChoice) -> str:
        """The hash of those glyphs, in hexadecimal."""
        key = repr(choice)
        if key not in self._digests:
            self._digests[key] = self.glyphs(choice).digest()
        return self._digests[key]
