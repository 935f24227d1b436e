"""The pictures in a finished cell's folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from seqreason.data.atomic_write import atomic_write
from seqreason.errors import StoreError
from seqreason.runs import CellResult
from seqreason.runs.store.cell_folder import named_errors

ERRORS: Final = "errors.png"
RELIABILITY: Final = "reliability.png"

TITLES: Final = {ERRORS: "confident errors", RELIABILITY: "calibration"}


@final
@dataclass(frozen=True)
class Pictures:
    """The pictures of a cell.

    Attributes:
        captions: the pictures in the folder: `confident errors in errors.png`.
        problems: why others are missing.
    """

    captions: tuple[str, ...]
    problems: tuple[str, ...]


def keep_pictures(cell: CellResult) -> Pictures:
    """Draw the pictures of *cell* into its folder, except those that exist already."""
    captions, problems = [], []
    for name in _wanted(cell):
        path = Path(cell.folder) / name
        try:
            if not path.exists():
                # Opened before it is drawn, so that a folder that is read-only costs no time.
                with named_errors(path), atomic_write(path) as file:
                    file.write(_drawn(cell, name))
            captions.append(f"{TITLES[name]} in {name}")
        except StoreError as error:
            problems.append(str(error))
    return Pictures(tuple(captions), tuple(problems))


def picture(cell: CellResult, name: str) -> bytes | None:
    """The picture of that name, from the folder or drawn now; None if the cell has none.

    Raises:
        StoreError: the data to draw it from cannot be read.
    """
    if name not in _wanted(cell):
        return None
    try:
        return (Path(cell.folder) / name).read_bytes()
    except OSError:
        return _drawn(cell, name)


def _wanted(cell: CellResult) -> list[str]:
    """The names of its pictures; cells of early versions have no errors or reliability."""
    shown = {ERRORS: cell.errors, RELIABILITY: cell.reliability}
    return [name for name, rows in shown.items() if rows and cell.status == "finished"]


def _drawn(cell: CellResult, name: str) -> bytes:
    """The picture of that name as a PNG file."""
    # Importing matplotlib takes a second, and most cells have their pictures already.
    from seqreason.reports.gallery import draw_gallery  # noqa: PLC0415
    from seqreason.reports.page import png_of  # noqa: PLC0415 - as above
    from seqreason.reports.reliability import draw_reliability  # noqa: PLC0415 - as above

    return png_of(draw_gallery(cell) if name == ERRORS else draw_reliability(cell))
