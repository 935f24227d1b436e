"""The glyph bank: all glyphs of a source on one device, indexed by split and symbol."""

from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqreason.errors import DataError
from seqreason.structures.glyphs import Glyphs, Split


@final
class GlyphBank:
    """Glyphs as one uint8 tensor on a device.

    No image is in two splits, so no model is tested on an image that it was trained on. Of exact
    copies, the bank keeps those of the first split in the order train, valid, test.

    Attributes:
        num_copies_removed: the number of glyphs that were left out as copies.

    Shapes:
        images: (glyphs, height, width), uint8, from 0 = paper to 255 = full ink
    """

    def __init__(
        self, glyphs: Glyphs, *, device: torch.device, trained_on: Glyphs | None = None
    ) -> None:
        """Leave out copies of earlier splits.

        Args:
            trained_on: the glyphs of another source. Copies of its train and valid images are left
                out of the test split.

        Raises:
            DataError: only copies are left of a symbol in a split.
        """
        keep = _without_copies_across_splits(glyphs)
        if trained_on is not None:
            keep &= ~_is_tested_copy(glyphs, trained_on)
        self.num_copies_removed = len(glyphs.labels) - int(keep.sum())
        labels, splits = glyphs.labels[keep], glyphs.splits[keep]
        self.alphabet, self.notes = glyphs.alphabet, glyphs.notes
        self.digest = glyphs.digest()
        self.images: Tensor = torch.from_numpy(glyphs.images[keep]).to(device)
        group = splits.astype(np.int64) * self.alphabet.size + labels
        shape = (len(Split), self.alphabet.size)
        self._order = np.argsort(group, kind="stable")
        self._counts = np.bincount(group, minlength=shape[0] * shape[1]).reshape(shape)
        self._starts = (np.cumsum(self._counts) - self._counts.ravel()).reshape(shape)
        for split, index in np.argwhere(self._counts == 0):
            raise DataError(
                f"every {Split(split).label} glyph of {self.alphabet.symbols[index]} is an exact "
                "copy of one in an earlier split; give each split images of its own"
            )

    @property
    def frame_size(self) -> tuple[int, int]:
        """The height and width of a frame in pixels."""
        return int(self.images.shape[1]), int(self.images.shape[2])

    def facts(self) -> dict[str, Any]:
        """The description of the data in a record: symbols, frame size, digest, counts and notes.

        A trained model needs only the symbols and the frame size, not the data.
        """
        return {
            "symbols": list(self.alphabet.symbols),
            "frame_size": list(self.frame_size),
            "digest": self.digest,
            "glyphs": len(self.images),
            "copies_removed": self.num_copies_removed,
            "notes": list(self.notes),
        }

    def counts(self, split: Split) -> NDArray[np.int64]:
        """The number of glyphs of each symbol in *split*, shape (alphabet,)."""
        return np.asarray(self._counts[split])

    def choose(
        self, split: Split, symbols: NDArray[np.int64], bits: NDArray[np.uint32]
    ) -> NDArray[np.int64]:
        """The index of one glyph of *split* for each symbol, chosen uniformly by 32 random bits.

        Shapes:
            symbols: (…), int64, indices into the alphabet
            bits: (…), uint32
            returns: (…), int64, indices into `images`
        """
        counts = self._counts[split][symbols].astype(np.uint64)
        nth = ((bits.astype(np.uint64) * counts) >> np.uint64(32)).astype(np.int64)
        return np.asarray(self._order[self._starts[split][symbols] + nth])


def _without_copies_across_splits(glyphs: Glyphs) -> NDArray[np.bool_]:
    """True for each glyph without a copy in an earlier split, shape (glyphs,)."""
    _, content = np.unique(_contents(glyphs), return_inverse=True)
    first_split = np.full(content.max(initial=-1) + 1, len(Split), dtype=np.uint8)
    np.minimum.at(first_split, content, glyphs.splits)
    return np.asarray(glyphs.splits == first_split[content])


def _is_tested_copy(glyphs: Glyphs, trained_on: Glyphs) -> NDArray[np.bool_]:
    """True for each test glyph that copies a train or valid glyph of *trained_on*, (glyphs,)."""
    if glyphs.images.shape[1:] != trained_on.images.shape[1:]:
        return np.zeros(len(glyphs.labels), dtype=np.bool_)
    known = _contents(trained_on)[trained_on.splits != Split.TEST]
    return np.asarray((glyphs.splits == Split.TEST) & np.isin(_contents(glyphs), known))


def _contents(glyphs: Glyphs) -> NDArray[np.void]:
    """Each image as one value, (glyphs,): comparing these cannot collide, as hashes could."""
    flat = np.ascontiguousarray(glyphs.images).reshape(len(glyphs.images), -1)
    return flat.view(np.dtype((np.void, flat.shape[1]))).ravel()
