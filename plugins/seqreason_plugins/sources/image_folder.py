"""Your own images of symbols: a folder in the layout of torchvision's ImageFolder, or flat."""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Final, Literal, final

import numpy as np
from pydantic import Field, field_validator, model_validator

from seqreason import (
    Alphabet,
    Conformance,
    DataError,
    Glyphs,
    GlyphSource,
    PluginConfig,
    SourceContext,
)
from seqreason.data.photographs import Ink
from seqreason.errors import nearest
from seqreason_plugins.sources.content_splits import splits_by_content
from seqreason_plugins.sources.image_files import ImageFile, find_image_files
from seqreason_plugins.sources.image_reading import ReadImage, UnusableFile, read_images

Share = Annotated[float, Field(gt=0, lt=1)]

_MOST_LISTED: Final = 10


@final
class ImageFolder(GlyphSource):
    """Images of one symbol each, by sub-folder or file name, split by their content.

    Photographs, scans and drawings of any size, mode and polarity become white ink on black.
    They are cropped to the ink, fitted to a box of 20×20 pixels, and centred by mass in 28×28.
    File names matter for the symbol only: images that give the same glyph share a split, and
    the order of the glyphs follows their content.
    """

    name = "image-folder"
    conformance = Conformance(
        inert={"unreadable": "it has an effect only if a file cannot be used"}
    )

    class Config(PluginConfig):
        """Settings of a folder of images."""

        # Not part of the spec's digest: the content of the data is, wherever it lies.
        path: Path = Field(
            exclude=True, description="the folder: a sub-folder per symbol, or flat with a pattern"
        )
        pattern: str | None = Field(
            None,
            description="for a flat folder, a regular expression for the file names with a group "
            "`symbol`; null: sub-folders",
        )
        symbols: tuple[str, ...] | None = Field(
            None,
            min_length=2,
            description="all symbols in the order of the alphabet; null: those found, sorted",
        )
        ink: Ink = Field("auto", description="dark or light ink; auto: found out for each image")
        unreadable: Literal["refuse", "skip"] = Field(
            "refuse", description="whether a file that cannot be used is an error or is skipped"
        )
        valid_share: Share = Field(
            0.1, description="share of each symbol's images for the validation split; at least one"
        )
        test_share: Share = Field(
            0.1, description="share of each symbol's images for the test split; at least one"
        )

        @field_validator("pattern")
        @classmethod
        def _pattern_names_the_symbol(cls, pattern: str | None) -> str | None:
            try:
                groups = {} if pattern is None else re.compile(pattern).groupindex
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
            if pattern is not None and "symbol" not in groups:
                raise ValueError("has no group named symbol, such as (?P<symbol>[A-Z])")
            return pattern

        @field_validator("symbols")
        @classmethod
        def _symbols_differ(cls, symbols: tuple[str, ...] | None) -> tuple[str, ...] | None:
            twice = sorted({name for name in symbols or () if (symbols or ()).count(name) > 1})
            if twice:
                raise ValueError(f"named more than once: {', '.join(twice)}")
            return symbols

        @model_validator(mode="after")
        def _shares_leave_some_for_training(self) -> "ImageFolder.Config":
            if self.valid_share + self.test_share >= 1:
                raise ValueError("valid_share and test_share leave no images for training")
            return self

    def __init__(self, config: Config, context: SourceContext) -> None:
        self._config = config
        self._root = config.path.expanduser()
        self._progress = context.progress

    def fingerprint(self) -> str:
        """A hash of every image file's symbol and content."""
        hashed = blake2b(digest_size=16)
        # Without names: renamed files give the same glyphs.
        for content, symbol in sorted((file.content(), file.symbol or "") for file in self._find()):
            hashed.update(len(content).to_bytes(1, "little") + content)
            hashed.update(symbol.encode() + b"\0")
        return hashed.hexdigest()

    def load(self) -> Glyphs:
        """All glyphs, by symbol and then by content, with a note about skipped files.

        Raises:
            DataError: the folder has another layout, files cannot be used and must not be
                skipped, or a symbol has too few images.
        """
        files = self._find()
        alphabet = _alphabet({file.symbol for file in files if file.symbol}, self._config.symbols)
        usable, unusable = read_images(files, ink=self._config.ink, progress=self._progress)
        if unusable and (self._config.unreadable == "refuse" or not usable):
            raise DataError(self._refusal(unusable, of=len(files)))
        _check_enough(usable, alphabet, root=self._root, num_unusable=len(unusable))
        index = {symbol: place for place, symbol in enumerate(alphabet.symbols)}
        usable.sort(key=lambda image: (index[image.symbol], image.glyph_hash, image.content))
        labels = np.array([index[image.symbol] for image in usable], dtype=np.int64)
        splits = splits_by_content(
            labels,
            [image.glyph_hash for image in usable],
            valid_share=self._config.valid_share,
            test_share=self._config.test_share,
        )
        images = np.stack([image.image for image in usable])
        skipped = f"{len(unusable)} of the {len(files)} image files are skipped"
        notes = (f"{skipped}:{_listed(unusable)}",) if unusable else ()
        return Glyphs(images, labels, splits, alphabet, notes)

    def _find(self) -> list[ImageFile]:
        return find_image_files(self._root, pattern=self._config.pattern)

    def _refusal(self, unusable: Sequence[UnusableFile], *, of: int) -> str:
        advice = ""
        if self._config.unreadable == "refuse":
            advice = "\nFix or remove them, or skip them with source.unreadable=skip"
        return (
            f"source.path: {len(unusable)} of the {of} image files in {self._root} cannot be "
            f"used:{_listed(unusable)}{advice}"
        )


def _listed(unusable: Sequence[UnusableFile]) -> str:
    """The first files with the reasons, a line for each, and the number of the others."""
    lines = [f"\n  {file.name}: {file.reason}" for file in unusable[:_MOST_LISTED]]
    if len(unusable) > len(lines):
        lines.append(f"\n  … and {len(unusable) - len(lines)} more")
    return "".join(lines)


def _alphabet(found: set[str], wanted: tuple[str, ...] | None) -> Alphabet:
    """The symbols that were found, in the order of *wanted*.

    Raises:
        DataError: they differ from the wanted ones, or there is only one.
    """
    missing = [symbol for symbol in wanted or () if symbol not in found]
    if missing:
        raise DataError(
            f"source.symbols: there are no images of {missing[0]!r}{nearest(missing[0], found)}"
        )
    unnamed = sorted(found - set(wanted or found))
    if unnamed:
        raise DataError(
            f"source.symbols leaves out {', '.join(unnamed)}, but there are images of them; name "
            "every symbol once"
        )
    if len(found) == 1:
        raise DataError(f"source.path: all images show {min(found)!r}; give at least two symbols")
    return Alphabet(symbols=wanted or tuple(sorted(found)))


def _check_enough(
    usable: Sequence[ReadImage], alphabet: Alphabet, *, root: Path, num_unusable: int
) -> None:
    contents = {(image.symbol, image.glyph_hash) for image in usable}
    counts = Counter(symbol for symbol, _ in contents)
    few = [f"{symbol} has {counts[symbol]}" for symbol in alphabet.symbols if counts[symbol] < 3]
    if few:
        raise DataError(
            f"source.path: every symbol needs at least 3 images that still differ when cropped and "
            f"centred, one each for train, valid and test; in {root} {', '.join(few)}"
            + (f" (skipped, because they cannot be used: {num_unusable})" if num_unusable else "")
        )
