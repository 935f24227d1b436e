"""Reading image files: the glyph of each, or the reason why there is none."""

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
    """The glyph of a file, shape (28, 28), with its symbol and the hash of the file."""

    name: str
    symbol: str
    content: bytes
    image: NDArray[np.uint8]

    @cached_property
    def glyph_hash(self) -> bytes:
        """A hash of the glyph; two different files may have the same one."""
        return blake2b(self.image.tobytes(), digest_size=16).digest()


@final
@dataclass(frozen=True)
class UnusableFile:
    """An image file without a glyph: its path below the folder, and the reason."""

    name: str
    reason: str


def read_images(
    files: Sequence[ImageFile], *, ink: Ink, progress: Callable[[int, int], None]
) -> tuple[list[ReadImage], list[UnusableFile]]:
    """The *files* that can be used, and those that cannot, each sorted by name."""
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
    """The files whose content is also in a file of another symbol, each with the reason."""
    by_content: dict[bytes, list[ReadImage]] = {}
    for image in images:
        by_content.setdefault(image.content, []).append(image)
    return {
        image.name: f"the same content as {other.name}, which is of another symbol"
        for copies in by_content.values()
        for image in copies
        for other in reversed(copies)
        if other.symbol != image.symbol
    }
