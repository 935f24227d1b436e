"""The image files of a folder, each with its symbol: one sub-folder a symbol, or by file name."""

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
    """An image file; its *symbol* is None where its name does not tell it.

    Attributes:
        name: the path below the folder that was searched, with slashes.
    """

    path: Path
    name: str
    symbol: str | None

    def content(self) -> bytes:
        """A hash of the file's content; empty if it cannot be read."""
        try:
            with self.path.open("rb") as file:
                return file_digest(file, lambda: blake2b(digest_size=16)).digest()
        except OSError:
            return b""


def find_image_files(root: Path, *, pattern: str | None) -> list[ImageFile]:
    """All image files below *root* in the order of their names.

    Without a *pattern* they lie in sub-folders of *root*, each of which is a symbol. With one
    they lie in *root* itself: it matches a file's whole name, and its group `symbol` is the
    symbol. Hidden files and folders, and files that are no images by their endings, are passed
    over.

    Raises:
        DataError: *root* is no folder, or holds no images in the expected layout.
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
    # torchvision takes more than a second to import, and few runs read a folder of images.
    from torchvision.datasets.folder import IMG_EXTENSIONS  # noqa: PLC0415

    # Animations are looked for to be told of, not passed over.
    endings = (*IMG_EXTENSIONS, ".gif")

    def is_image(path: str) -> bool:
        parts = Path(path).relative_to(root).parts
        return path.lower().endswith(endings) and not any(part.startswith(".") for part in parts)

    return is_image


def _by_folder(root: Path) -> list[ImageFile]:
    from torchvision.datasets.folder import make_dataset  # noqa: PLC0415 - as above

    folders = sorted(entry.name for entry in root.iterdir() if entry.is_dir())
    symbols = [name for name in folders if not name.startswith(".")]
    is_image = _image_test(root)
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    # make_dataset refuses an empty mapping.
    found = make_dataset(root, numbers, is_valid_file=is_image, allow_empty=True) if numbers else []
    files = [
        ImageFile(Path(path), Path(path).relative_to(root).as_posix(), symbols[number])
        for path, number in found
    ]
    empty = sorted(set(symbols) - {file.symbol for file in files})
    if not files:
        loose = sum(is_image(str(path)) for path in root.iterdir() if path.is_file())
        raise DataError(
            f"source.path: {root} holds no images in sub-folders, of which each is a symbol"
            + (f"; for the {loose} in it, say with source.pattern what they show" if loose else "")
        )
    if empty:
        raise DataError(
            f"source.path: {root} has sub-folders without images: {', '.join(empty)}; each "
            "sub-folder is a symbol, so fill or remove them"
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
            f"source.path: {root} itself holds no images; leave source.pattern out where each "
            "sub-folder is a symbol"
        )
    if all(file.symbol is None for file in files):
        raise DataError(
            f"source.pattern: {pattern!r} matches none of the {len(files)} names of image files in "
            f"{root}, such as {min(file.name for file in files)!r}; it must match a whole name"
        )
    return files
