"""The pictures that a finished cell's folder gets beside its result."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, final

from seqreason.errors import StoreError
from seqreason.runs import CellResult

ERRORS: Final = "errors.png"
RELIABILITY: Final = "reliability.png"

_WHAT: Final = {ERRORS: "worst errors", RELIABILITY: "calibration"}


@final
@dataclass(frozen=True)
class Pictures:
    """What has become of a cell's pictures.

    Attributes:
        captions: those that are there, `worst errors in errors.png`.
        problems: why others are not.
    """

    captions: tuple[str, ...]
    problems: tuple[str, ...]


def keep_pictures(cell: CellResult) -> Pictures:
    """Draw what *cell* has to show into its folder, but for what is there already."""
    captions, problems = [], []
    for name in _wanted(cell):
        path = Path(cell.folder) / name
        try:
            if not path.exists():
                with _whole(path) as file:
                    file.write(_drawn(cell, name))
            captions.append(f"{_WHAT[name]} in {name}")
        except StoreError as error:
            problems.append(str(error))
    return Pictures(tuple(captions), tuple(problems))


def picture(cell: CellResult, name: str) -> bytes | None:
    """The picture of that name as its folder has it, or drawn anew; None where there is none.

    Raises:
        StoreError: what it would be drawn from cannot be read.
    """
    if name not in _wanted(cell):
        return None
    try:
        return (Path(cell.folder) / name).read_bytes()
    except OSError:
        return _drawn(cell, name)


def _wanted(cell: CellResult) -> list[str]:
    """The names of its pictures; a cell of an early version has neither errors nor reliability."""
    shown = {ERRORS: cell.errors, RELIABILITY: cell.reliability}
    return [name for name, rows in shown.items() if rows and cell.status == "finished"]


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is there once all of it is written, and is open before anything is drawn."""
    temporary = path.with_suffix(".part")
    try:
        try:
            with temporary.open("wb") as file:
                yield file
            temporary.replace(path)
        except FileNotFoundError:
            # Another process that draws the same picture may have been first.
            if not path.exists():
                raise
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: the picture cannot be written: {error}") from error


def _drawn(cell: CellResult, name: str) -> bytes:
    """The picture of that name as a PNG file."""
    # Importing matplotlib takes a second, and most cells have their pictures already.
    from seqreason.reports.gallery import draw_gallery  # noqa: PLC0415
    from seqreason.reports.page import png_of  # noqa: PLC0415 - as above
    from seqreason.reports.reliability import draw_reliability  # noqa: PLC0415 - as above

    return png_of(draw_gallery(cell) if name == ERRORS else draw_reliability(cell))
