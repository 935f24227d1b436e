"""The image files of a folder, each with its symbol, by sub-folder or by file name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import final

from seqreason import DataError


@final
@dataclass(frozen=True)
class ImageFile:
    """An image file; its *symbol* is None if its name does not match the pattern.

    Attributes:
        name: the path below the searched folder, with slashes.
    """

    path: Path
    name: str
    symbol: str | None

    def content(self) -> bytes:
        """A hash of the content; empty if the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                return file_digest(file, lambda: blake2b(digest_size=16)).digest()
        except OSError:
            return b""


def find_image_files(root: Path, *, pattern: str | None) -> list[ImageFile]:
    """All image files below *root*, sorted by name.

    Without a *pattern*, each sub-folder of *root* is a symbol. With a *pattern*, the images are
    in *root* itself: the pattern matches the whole file name, and its group `symbol` is the
    symbol. Hidden files, hidden folders and files with other endings are ignored.

    Raises:
        DataError: *root* is not a folder, or holds no images in the expected layout.
    """
    wanted = "expected the folder that holds the images"
    if not root.exists():
        raise DataError(f"source.path: {root} does not exist; {wanted}")
    if not root.is_dir():
        raise DataError(f"source.path: {root} is not a folder; {wanted}")
    try:
        files = _by_folder(root) if pattern is None else _by_name(root, pattern)
    except OSError as error:
        raise DataError(
            f"source.path: {root} cannot be searched ({error.strerror}: {error.filename})"
        ) from error
    return sorted(files, key=lambda file: file.name)


def _image_test(root: Path) -> Callable[[str], bool]:
    # The import takes more than a second, and few runs read a folder of images.
    from torchvision.datasets.folder import IMG_EXTENSIONS  # noqa: PLC0415

    # Animations are included, so that an error names them.
    endings = (*IMG_EXTENSIONS, ".gif")

    def is_image(path: str) -> bool:
        parts = Path(path).relative_to(root).parts
        return path.lower().endswith(endings) and not any(part.startswith(".") for part in parts)

    return is_image


def _by_folder(root: Path) -> list[ImageFile]:
    from torchvision.datasets.folder import make_dataset  # noqa: PLC0415 - as above

    folders = sorted(path.name for path in root.iterdir() if path.is_dir())
    symbols = [name for name in folders if not name.startswith(".")]
    is_image = _image_test(root)
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    # make_dataset refuses an empty mapping.
    pairs = make_dataset(root, numbers, is_valid_file=is_image, allow_empty=True) if numbers else []
    files = [
        ImageFile(Path(path), Path(path).relative_to(root).as_posix(), symbols[number])
        for path, number in pairs
    ]
    empty = sorted(set(symbols) - {file.symbol for file in files})
    if not files:
        loose = sum(is_image(str(path)) for path in root.iterdir() if path.is_file())
        raise DataError(
            f"source.path: {root} holds no images in sub-folders; each sub-folder is a symbol"
            + (f". For the {loose} images in it, set source.pattern" if loose else "")
        )
    if empty:
        raise DataError(
            f"source.path: {root} has sub-folders without images: {', '.join(empty)}; each "
            "sub-folder is a symbol, so fill them or remove them"
        )
    return files


def _by_name(root: Path, pattern: str) -> list[ImageFile]:
    is_image = _image_test(root)
    paths = [path for path in root.iterdir() if path.is_file() and is_image(str(path))]
    matches = [re.fullmatch(pattern, path.name) for path in paths]
    files = [
        ImageFile(path, path.name, match["symbol"] or None if match else None)
        for path, match in zip(paths, matches, strict=True)
    ]
    if not files:
        raise DataError(
            f"source.path: {root} itself holds no images; leave out source.pattern if each "
            "sub-folder is a symbol"
        )
    if all(file.symbol is None for file in files):
        raise DataError(
            f"source.pattern: {pattern!r} matches no name of the {len(files)} image files in "
            f"{root}, such as {min(file.name for file in files)!r}; it must match the whole name"
        )
    return files
