"""EMNIST letters: 145,600 handwritten letters, capital and small.

Cohen, Afshar, Tapson & van Schaik, "EMNIST: an extension of MNIST to handwritten letters",
IJCNN 2017; made from NIST Special Database 19. torchvision downloads, checks and reads it.
"""

import zlib
from hashlib import blake2b, file_digest
from http.client import HTTPException
from pathlib import Path
from typing import Final, final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seqreason import DataError, Glyphs, GlyphSource, PluginConfig, SourceContext, Split, Stream
from seqreason.structures.alphabet import LATIN

_SIDE: Final = 28
# What torchvision raises for a truncated or a wrong file.
_DAMAGE: Final = (AssertionError, LookupError, OSError, RuntimeError, TypeError, ValueError)
_NO_DOWNLOAD: Final = (*_DAMAGE, BadZipFile, EOFError, HTTPException, zlib.error)

Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


@final
class Emnist(GlyphSource):
    """The letters split of EMNIST: 26 classes, each with capital and small letters.

    EMNIST's test set is the test split. A share of each letter of its training set becomes the
    validation split.
    """

    name = "emnist"

    class Config(PluginConfig):
        """Settings of the EMNIST letters."""

        # Not part of the spec's digest: the content of the data is, wherever it lies.
        path: Path | None = Field(
            None,
            exclude=True,
            description="the folder that holds EMNIST/raw, as torchvision keeps it; null: "
            "downloaded to the cache",
        )
        valid_share: float = Field(
            0.1, gt=0, lt=1, description="share of each training letter for the validation split"
        )

    def __init__(self, config: Config, context: SourceContext) -> None:
        self._is_given = config.path is not None
        self._root = (config.path or context.cache_folder / "emnist").expanduser()
        self._raw = self._root / "EMNIST" / "raw"
        self._valid_share = config.valid_share

    def fingerprint(self) -> str:
        """A hash of the four files."""
        self._ensure()
        hashed = blake2b(digest_size=16)
        for path in (*self._files(train=True), *self._files(train=False)):
            with path.open("rb") as file:
                hashed.update(file_digest(file, "sha256").digest())
        return hashed.hexdigest()

    def load(self) -> Glyphs:
        """All letters in the order of the files, the training set first."""
        self._ensure()
        train_images, train_labels = self._part(train=True)
        test_images, test_labels = self._part(train=False)
        splits = [
            stratified(train_labels, valid_share=self._valid_share),
            np.full(len(test_labels), Split.TEST, dtype=np.uint8),
        ]
        try:
            return Glyphs(
                np.concatenate([train_images, test_images]),
                np.concatenate([train_labels, test_labels]),
                np.concatenate(splits),
                LATIN,
            )
        except DataError as error:
            raise DataError(f"{self._raw} does not hold all EMNIST letters: {error}") from error

    def _files(self, *, train: bool) -> tuple[Path, Path]:
        """The images and the labels."""
        start = f"emnist-letters-{'train' if train else 'test'}"
        return self._raw / f"{start}-images-idx3-ubyte", self._raw / f"{start}-labels-idx1-ubyte"

    def _ensure(self) -> None:
        """Check that all files are there, or download them.

        Raises:
            DataError: files are missing; the message says what to place where.
        """
        for train in (True, False):
            missing = [path for path in self._files(train=train) if not path.is_file()]
            if missing and self._is_given:
                raise DataError(
                    f"source.path: {missing[0]} is missing; expected the four files "
                    "emnist-letters-… of EMNIST's gzip.zip, unpacked, in EMNIST/raw below "
                    f"{self._root}"
                )
            if missing:
                self._download(train=train)
        # torchvision would read this file instead of the raw ones.
        old = self._raw.parent / "processed" / "training_letters.pt"
        if old.exists():
            raise DataError(f"{old} belongs to an old torchvision and is no longer read: remove it")

    def _download(self, *, train: bool) -> None:
        # The import takes more than a second, and few runs read EMNIST.
        from torchvision.datasets import EMNIST  # noqa: PLC0415

        try:
            EMNIST(self._root, split="letters", train=train, download=True)
        except _NO_DOWNLOAD as error:
            raise DataError(
                f"{EMNIST.url} cannot be downloaded ({type(error).__name__}: {error}). Download it "
                f"yourself to {self._raw / 'gzip.zip'} (MD5 {EMNIST.md5}), or set "
                "source.path=FOLDER to the folder that holds EMNIST/raw"
            ) from error

    def _part(self, *, train: bool) -> Part:
        """The upright images and the labels, 0 … 25.

        Shapes:
            returns: (letters, 28, 28) and (letters,)
        """
        from torchvision.datasets import EMNIST  # noqa: PLC0415 - as above

        try:
            read = EMNIST(self._root, split="letters", train=train)
        except _DAMAGE as error:
            raise DataError(self._damage(train=train)) from error
        images, labels = read.data.numpy(), read.targets.numpy()
        images_file, labels_file = self._files(train=train)
        if images.shape != (len(labels), _SIDE, _SIDE):
            raise DataError(
                f"{images_file} holds images of shape {images.shape}; expected "
                f"({len(labels)}, {_SIDE}, {_SIDE}), since {labels_file.name} has {len(labels)} "
                "labels"
            )
        if not ((labels >= 1) & (labels <= LATIN.size)).all():
            raise DataError(
                f"{labels_file} holds labels {labels.min()} … {labels.max()}; expected "
                f"1 … {LATIN.size}, as in EMNIST's letters"
            )
        # EMNIST stores each image with rows and columns swapped.
        return images.transpose(0, 2, 1), labels - 1

    def _damage(self, *, train: bool) -> str:
        """The message that names the damaged file, and what to do."""
        from torchvision.datasets.mnist import read_image_file  # noqa: PLC0415 - as above

        images_file, labels_file = self._files(train=train)
        try:
            read_image_file(images_file)
            damaged = labels_file
        except _DAMAGE:
            damaged = images_file
        advice = (
            "replace it by the unpacked file of EMNIST's gzip.zip"
            if self._is_given
            else "delete it and run again to unpack it again"
        )
        size = damaged.stat().st_size
        return f"{damaged} is not a complete idx file ({size:,} bytes); {advice}"


def stratified(labels: NDArray[np.int64], *, valid_share: float) -> NDArray[np.uint8]:
    """Train or valid for each letter: valid gets the share of each label, and at least one.

    Shapes:
        labels: (letters,)
        returns: (letters,), values of `Split`
    """
    splits = np.full(len(labels), Split.TRAIN, dtype=np.uint8)
    stream = Stream.of(0, "emnist", "valid")
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        order = stream.permutation(len(places), item=int(label))
        splits[places[order[: max(1, round(len(places) * valid_share))]]] = Split.VALID
    return splits
