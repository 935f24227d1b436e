"""Glyph sources: where the images of symbols come from."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from seqreason.interfaces.plugin import Plugin
from seqreason.structures.glyphs import Glyphs


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


@final
@dataclass(frozen=True)
class SourceContext:
    """What a glyph source may build on.

    Attributes:
        cache_folder: where a source may keep what it downloads.
        progress: to be called with (done, total) in steps of the source's own choosing.
    """

    cache_folder: Path
    progress: Callable[[int, int], None] = no_progress


class GlyphSource(Plugin):
    """Gives all glyphs of a set of handwriting, split into train, valid and test.

    The framework caches what `load` returns under the source's name, version, `Config` and
    `fingerprint`, so `load` runs once for each.
    """

    @abstractmethod
    def fingerprint(self) -> str:
        """What the glyphs depend on beside name, version, code and `Config`.

        For a source that reads files that is a hash of their content; `""` for one that
        depends on nothing else.

        Raises:
            DataError: the data are missing; the message says what to place where.
        """

    @abstractmethod
    def load(self) -> Glyphs:
        """All glyphs, white ink on black.

        Raises:
            DataError: the data are missing, damaged or not of the expected format.
        """
