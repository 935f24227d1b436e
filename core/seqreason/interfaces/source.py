"""Glyph sources: the images of symbols."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from seqreason.interfaces.plugin import Plugin
from seqreason.structures.glyphs import Glyphs


def no_progress(done: int, total: int) -> None:
    """Ignore the progress."""


@final
@dataclass(frozen=True)
class SourceContext:
    """What a glyph source may use.

    Attributes:
        cache_folder: a folder for downloads.
        progress: call it with (done, total), in any unit, such as bytes or images.
    """

    cache_folder: Path
    progress: Callable[[int, int], None] = no_progress


class GlyphSource(Plugin):
    """Loads all glyphs of one data set, split into train, valid and test.

    The framework caches the result of `load` by the source's name, version, code, `Config` and
    `fingerprint`. So `load` runs once for each combination of them.
    """

    @abstractmethod
    def fingerprint(self) -> str:
        """Everything else that the glyphs depend on, beside name, version, code and `Config`.

        For a source that reads files, this is a hash of their content. If there is nothing else, it
        is `""`.

        Raises:
            DataError: the data are missing; the message says which file to put where.
        """

    @abstractmethod
    def load(self) -> Glyphs:
        """All glyphs, white ink on black.

        Raises:
            DataError: the data are missing, damaged or not of the expected format.
        """
