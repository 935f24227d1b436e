"""The glyphs of a source: images of symbols, each with its label and its split."""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import DataError
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.axes import check_axes


class Split(IntEnum):
    """The part of a benchmark that a glyph or an example belongs to."""

    TRAIN = 0
    VALID = 1
    TEST = 2

    @property
    def label(self) -> str:
        """The split's name in specs, tables and streams: `train`, `valid` or `test`."""
        return self.name.lower()


@final
@dataclass(frozen=True)
class Glyphs:
    """All glyphs of a source, white ink on black; checked on construction.

    Attributes:
        notes: what a user should know about their origin, such as files that were left out.

    Shapes:
        images: (glyphs, height, width), uint8, from 0 = paper to 255 = full ink
        labels: (glyphs,), int64, indices into the alphabet
        splits: (glyphs,), uint8, values of `Split`

    Raises:
        ShapeError: the arrays do not fit together.
        DataError: images are not uint8, a label is not of the alphabet, or a split lacks a symbol.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    splits: NDArray[np.uint8]
    alphabet: Alphabet
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = check_axes(self.images, "glyphs height width", where="glyph images")["glyphs"]
        check_axes(self.labels, "glyphs", where="glyph labels", glyphs=count)
        check_axes(self.splits, "glyphs", where="glyph splits", glyphs=count)
        if self.images.dtype != np.uint8:
            raise DataError(f"glyph images must be uint8, got {self.images.dtype}; convert them")
        size = self.alphabet.size
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < size:
            raise DataError(f"glyph labels must be 0 … {size - 1} for {size} symbols")
        for split in Split:
            counts = np.bincount(self.labels[self.splits == split], minlength=size)
            missing = [self.alphabet.symbols[index] for index in np.flatnonzero(counts == 0)]
            if missing:
                names = "any symbol" if len(missing) == size else ", ".join(missing)
                raise DataError(
                    f"the {split.label} split has no glyph of {names}: every symbol needs at least "
                    "one in each of train, valid and test"
                )

    def digest(self) -> str:
        """A hash of images, labels, splits and alphabet: equal digests give equal examples."""
        hashed = blake2b(digest_size=16)
        for array in (self.images, self.labels, self.splits):
            hashed.update(repr(array.shape).encode())
            hashed.update(np.ascontiguousarray(array).data)
        hashed.update("\0".join(self.alphabet.symbols).encode())
        return hashed.hexdigest()
