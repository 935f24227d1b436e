"""One watched loading of a source: the observations that the laws of sources check."""

import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.data.glyph_cache import cache_folder
from seqreason.errors import DataError
from seqreason.interfaces import GlyphSource, SourceContext
from seqreason.structures.glyphs import Glyphs, Split
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.laws.process.global_generators import global_generators_at
from seqreason.testing.laws.process.surroundings import offline
from seqreason.testing.subject import Subject

# A pixel of at least this grey level is ink, not paper.
_INK: Final = 128


@final
@dataclass(frozen=True)
class Loading:
    """The observations of one loading. It keeps no image, since a source may have many.

    Attributes:
        digest: the digest of the glyphs.
        fingerprints: the source's fingerprints before and after.
        copies: the number of images that two splits share, by the splits' names.
        dark_share, dark_edge_share: the shares of dark pixels, in all and at the edges of images.
        inked_share: the share of images with any ink.
        progress: the progress reports, in order.
        moved: the global generators that were used or seeded, in words.
    """

    digest: str
    fingerprints: tuple[object, object]
    copies: dict[str, int]
    dark_share: float
    dark_edge_share: float
    inked_share: float
    progress: tuple[tuple[int, int], ...]
    moved: str


@final
@dataclass
class WatchedSource:
    """A source that is made for a case, with its progress reports."""

    subject: Subject
    case: Case
    progress: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = SourceContext(
            cache_folder(), lambda done, total: self.progress.append((done, total))
        )
        with _without_network():
            self.source: GlyphSource = self.subject.make(self.case.settings, context)

    def loading(self, *, state: int) -> Loading:
        """Load the glyphs, with the global generators set to *state*, and record observations.

        Raises:
            NotApplicableError: the data are missing.
            BrokenLawError: the glyphs cannot be used in a benchmark.
        """
        self.progress.clear()
        with _without_network(), global_generators_at(state) as moved:
            before = self.source.fingerprint()
            glyphs = _checked(self.source)
            after = self.source.fingerprint()
            users = moved()
        is_dark = glyphs.images < _INK
        edges = np.ones(is_dark.shape[1:], dtype=np.bool_)
        edges[1:-1, 1:-1] = False
        return Loading(
            digest=glyphs.digest(),
            fingerprints=(before, after),
            copies=_copies(glyphs),
            dark_share=float(is_dark.mean()),
            dark_edge_share=float(is_dark[:, edges].mean()),
            inked_share=float((~is_dark).any(axis=(1, 2)).mean()),
            progress=tuple(self.progress),
            moved=users,
        )


@contextmanager
def _without_network() -> Iterator[None]:
    """A block without network, in which missing data skip the law.

    Raises:
        NotApplicableError: the source raised a `DataError`.
    """
    with offline() as asked:
        try:
            yield
        except DataError as error:
            advice = "; a check downloads nothing: fetch the data first" if asked else ""
            raise NotApplicableError(f"{error}{advice}") from error


def _checked(source: GlyphSource) -> Glyphs:
    try:
        glyphs: object = source.load()
    except DataError as error:
        # An error from `Glyphs` itself is the fault of the source, not of its files.
        if traceback.extract_tb(error.__traceback__)[-1].filename == inspect.getfile(Glyphs):
            raise BrokenLawError(f"its glyphs are not valid: {error}") from error
        raise
    if not isinstance(glyphs, Glyphs):
        raise BrokenLawError(f"load() must return Glyphs, got {type(glyphs).__name__}")
    others = sorted(set(np.unique(glyphs.splits).tolist()) - set(Split))
    demand(not others, f"splits must be values of Split, 0 … 2, got {others}")
    demand(min(glyphs.images.shape[1:]) > 0, f"images have no pixels: {glyphs.images.shape}")
    return glyphs


def _copies(glyphs: Glyphs) -> dict[str, int]:
    contents = {split: _contents(glyphs.images[glyphs.splits == split]) for split in Split}
    return {
        f"{one.label} and {other.label}": len(contents[one] & contents[other])
        for one, other in combinations(Split, 2)
        if contents[one] & contents[other]
    }


def _contents(images: NDArray[np.uint8]) -> set[bytes]:
    return {blake2b(image.tobytes(), digest_size=16).digest() for image in images}
