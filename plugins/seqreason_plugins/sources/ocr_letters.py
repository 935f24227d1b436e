"""The OCR letters: 52,152 handwritten lower-case letters from 6,877 words.

Collected by Rob Kassel at the MIT Spoken Language Systems Group and prepared by Ben Taskar
(Taskar, Guestrin & Koller, "Max-margin Markov networks", NIPS 2003). Each letter is 16×8
binary pixels; each word lies in one of ten folds.
"""

import gzip
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Final, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch.nn.functional import interpolate, pad

from seqreason import (
    Conformance,
    DataError,
    Glyphs,
    GlyphSource,
    PluginConfig,
    SourceContext,
    Split,
)
from seqreason.data.download import fetch
from seqreason.structures.alphabet import LATIN

URL: Final = "http://ai.stanford.edu/~btaskar/ocr/letter.data.gz"
# Of letters, folds and pixels, so that the same rows pass in another compression.
CONTENT_SHA256: Final = "b5d89b2ff7960aacce47d180fd3b3571bbd3c5dc0eda6b090231cbbb07ec62c6"

_ROWS, _COLUMNS = 16, 8
_NUM_FIELDS: Final = 6 + _ROWS * _COLUMNS
_FRAME, _BOX = 28, 20
_VALID_FOLD, _TEST_FOLD = 8, 9


@final
class OcrLetters(GlyphSource):
    """Real handwriting, split by fold: train 0 – 7, valid 8, test 9; whole words stay together.

    A letter is cropped to its ink, enlarged to a box of 20×20 pixels in its proportions
    (bilinear), and centred in 28×28, like the letters of EMNIST.
    """

    name = "ocr-letters"
    conformance = Conformance(
        expected_failures={
            "split-disjointness": "some hundred published letters, of 16×8 bits, are equal in two "
            "folds; a benchmark removes the copies"
        }
    )

    class Config(PluginConfig):
        """Settings of the OCR letters."""

        # Not part of the spec's digest: the content of the data is, wherever it lies.
        path: Path | None = Field(
            None,
            exclude=True,
            description="letter.data.gz in its published format; null: downloaded to the cache",
        )

    def __init__(self, config: Config, context: SourceContext) -> None:
        self._given = config.path
        self._folder = context.cache_folder / "ocr-letters"
        self._progress = context.progress

    def fingerprint(self) -> str:
        """A hash of the file."""
        return sha256(self._read()).hexdigest()

    def load(self) -> Glyphs:
        """All letters in the order of the file."""
        path, rows = self._path(), _rows(self._read(), self._path())
        labels = np.array([row[1][0] - ord("a") for row in rows], dtype=np.int64)
        folds = np.array([int(row[5]) for row in rows], dtype=np.uint8)
        pixels = np.array([b"".join(row[6:]) for row in rows]).view(np.uint8) - ord("0")
        if self._given is None:
            _check_content(labels, folds, pixels, path)
        splits = np.full(len(rows), Split.TRAIN, dtype=np.uint8)
        splits[folds == _VALID_FOLD] = Split.VALID
        splits[folds == _TEST_FOLD] = Split.TEST
        images = normalised(pixels.reshape(-1, _ROWS, _COLUMNS))
        try:
            return Glyphs(images, labels, splits, LATIN)
        except DataError as error:
            raise DataError(f"{path} is not the complete {URL}: {error}") from error

    def _path(self) -> Path:
        if self._given is None:
            return fetch(
                URL, folder=self._folder, setting="source.path=FILE", progress=self._progress
            )
        return self._given.expanduser()

    def _read(self) -> bytes:
        path = self._path()
        try:
            return path.read_bytes()
        except OSError as error:
            raise DataError(
                f"source.path: {path} cannot be read ({error.strerror}); expected letter.data.gz "
                f"as published at {URL}; leave out source.path to download it"
            ) from error


def _rows(packed: bytes, path: Path) -> list[list[bytes]]:
    """The fields of each row of the file, once their format is checked."""
    try:
        text = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} is not a complete gzip file ({error}); download letter.data.gz from {URL} "
            "again"
        ) from error
    if not text:
        raise DataError(f"{path} is empty; download letter.data.gz from {URL} again")
    # The published rows end in a tab.
    rows = [line.rstrip(b"\t").split(b"\t") for line in text.splitlines()]
    for number, row in enumerate(rows, start=1):
        if not _is_letter(row):
            raise DataError(
                f"{path}, line {number}: expected {_NUM_FIELDS} tab-separated fields (id, letter "
                f"a-z, next id, word id, position, fold 0-9, then {_ROWS * _COLUMNS} pixels of 0 "
                f"or 1), got {len(row)} fields beginning {b' '.join(row[:6]).decode('latin1')!r}"
            )
    return rows


def _is_letter(row: list[bytes]) -> bool:
    return (
        len(row) == _NUM_FIELDS
        and len(row[1]) == 1
        and b"a" <= row[1] <= b"z"
        and len(row[5]) == 1
        and row[5].isdigit()
        and set(row[6:]) <= {b"0", b"1"}
    )


def _check_content(
    labels: NDArray[np.int64], folds: NDArray[np.uint8], pixels: NDArray[np.uint8], path: Path
) -> None:
    content = sha256(labels.astype(np.uint8).tobytes() + folds.tobytes() + pixels.tobytes())
    if content.hexdigest() != CONTENT_SHA256:
        raise DataError(
            f"{path} does not hold the published {URL} (checksum of its letters "
            f"{content.hexdigest()}); delete it and run again to download it again"
        )


def normalised(letters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Letters cropped, enlarged to fit the box, and centred.

    Shapes:
        letters: (glyphs, rows, columns), 0 or 1
        returns: (glyphs, 28, 28), 0 … 255
    """
    top, bottom = _extent(letters.max(axis=2) > 0)
    left, right = _extent(letters.max(axis=1) > 0)
    images = np.zeros((len(letters), _FRAME, _FRAME), dtype=np.uint8)
    crops = np.stack([top, bottom, left, right], axis=1)
    # Letters of one crop are enlarged together: about a thousand calls for 52,152 letters.
    for crop in np.unique(crops, axis=0):
        rows = np.flatnonzero((crops == crop).all(axis=1))
        a, b, c, d = crop
        images[rows] = _enlarged(letters[rows, a:b, c:d])
    return images


def _extent(has_ink: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and one past the last True of each row; the whole row if there is none."""
    first = has_ink.argmax(axis=1)
    last = has_ink.shape[1] - has_ink[:, ::-1].argmax(axis=1)
    return first, last


def _enlarged(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = crops.shape[1:]
    scale = _BOX / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    ink = interpolate(torch.from_numpy(crops).float()[:, None] * 255, size, mode="bilinear")[:, 0]
    top, left = (_FRAME - size[0]) // 2, (_FRAME - size[1]) // 2
    margins = (left, _FRAME - size[1] - left, top, _FRAME - size[0] - top)
    return pad(ink, margins).round().to(torch.uint8).numpy()
