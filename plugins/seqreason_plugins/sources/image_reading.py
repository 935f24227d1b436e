"""Reading image files one by one: a glyph of each, or the reason why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.data.photographs import Ink, UnusableImageError, read_glyph
from seqreason_plugins.sources.image_files import ImageFile

_PROGRESS_STEP: Final = 50


@final
@dataclass(frozen=True)
class ReadImage:
    """A file's glyph, shape (28, 28), with its symbol and the hash of the file's content."""

    name: str
    symbol: str
    content: bytes
    image: NDArray[np.uint8]

    @cached_property
    def glyph_hash(self) -> bytes:
        """A hash of the glyph: of two files it may be the same, one shifted or paler."""
        return blake2b(self.image.tobytes(), digest_size=16).digest()


@final
@dataclass(frozen=True)
class UnusableFile:
    """An image file that gives no glyph, by its path below the folder, and why."""

    name: str
    reason: str


def read_images(
    files: Sequence[ImageFile], *, ink: Ink, progress: Callable[[int, int], None]
) -> tuple[list[ReadImage], list[UnusableFile]]:
    """What can be used of *files* and what cannot, each in the order of its names."""
    images, unusable = [], []
    for done, file in enumerate(files):
        if done % _PROGRESS_STEP == 0:
            progress(done, len(files))
        try:
            images.append(_read(file, ink=ink))
        except UnusableImageError as error:
            unusable.append(UnusableFile(file.name, str(error)))
    progress(len(files), len(files))
    clashing = _of_two_symbols(images)
    unusable.extend(UnusableFile(name, reason) for name, reason in clashing.items())
    usable = [image for image in images if image.name not in clashing]
    return usable, sorted(unusable, key=lambda file: file.name)


def _read(file: ImageFile, *, ink: Ink) -> ReadImage:
    if file.symbol is None:
        raise UnusableImageError("its name does not match source.pattern")
    try:
        with file.path.open("rb") as opened:
            return ReadImage(file.name, file.symbol, file.content(), read_glyph(opened, ink=ink))
    except OSError as error:
        raise UnusableImageError(f"cannot be opened: {error.strerror}") from error


def _of_two_symbols(images: Sequence[ReadImage]) -> dict[str, str]:
    """The files, by name, whose content is also that of another symbol's file, with the reason.

    One content has one right answer, and lies in one split.
    """
    by_content: dict[bytes, list[ReadImage]] = {}
    for image in images:
        by_content.setdefault(image.content, []).append(image)
    return {
        image.name: f"the same content as {other.name}, which is of another symbol"
        for alike in by_content.values()
        for image in alike
        for other in reversed(alike)
        if other.symbol != image.symbol
    }
