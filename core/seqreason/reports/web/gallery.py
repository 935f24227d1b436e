"""The pictures that a page embeds: those of one seed per arm, as long as they fit."""

from base64 import standard_b64encode
from dataclasses import dataclass
from typing import Final, final

from seqreason.errors import StoreError
from seqreason.reports.pictures import TITLES, picture
from seqreason.runs import CellResult, Results

_MOST_BYTES: Final = 3_000_000


@final
@dataclass(frozen=True)
class EmbeddedPicture:
    """A picture as a `data:` address, with a title."""

    title: str
    address: str


@final
class Budget:
    """How many more bytes of pictures a page may hold."""

    def __init__(self, size: int = _MOST_BYTES) -> None:
        self._left = size

    def takes(self, size: int) -> bool:
        """Whether *size* more bytes fit; if they do, they count as used."""
        if size > self._left:
            return False
        self._left -= size
        return True


def pictures_of(results: Results, budget: Budget) -> tuple[list[EmbeddedPicture], list[str]]:
    """The pictures of each arm's first seed, and why any are missing."""
    embedded, left_out, problems = [], 0, []
    for cells in results.by_arm().values():
        for name, title in TITLES.items():
            try:
                png = picture(cells[0], name)
            except StoreError as error:
                problems.append(str(error))
                continue
            if png is not None and budget.takes(len(png)):
                embedded.append(_embedded(cells[0], title, png))
            else:
                left_out += png is not None
    if left_out:
        problems.append(f"{left_out} more pictures would make this page too large; see the folders")
    return embedded, problems


def _embedded(cell: CellResult, title: str, png: bytes) -> EmbeddedPicture:
    data = standard_b64encode(png).decode("ascii")
    return EmbeddedPicture(f"{cell.title}: {title}", f"data:image/png;base64,{data}")
