"""Appearance: how each glyph of a batch of sequences is shown as a frame."""

from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import SeqreasonError
from seqreason.structures.axes import check_axes

Floats = NDArray[np.float32]


def amounts(*axes: int, least: float = -inf, greatest: float = inf) -> dict[str, Any]:
    """The metadata of a transformation's field: the axes after (sequences, time), and bounds.

    The conformance laws read both, so a new transformation is checked without another list.
    """
    return {"axes": axes, "least": least, "greatest": greatest}


@final
@dataclass(frozen=True)
class Appearance:
    """The amounts of each transformation, frame by frame; None where it does not occur.

    The transformations are applied in this order. One bilinear resampling about the frame's
    centre rotates, scales and shifts the glyph. Then the covered square loses its ink, the ink
    fades, the frame is inverted, and noise is added.

    Shapes: every array begins with (sequences, time)
        inverted: (sequences, time), bool, True where a frame is black ink on white
        rotation_degrees: (sequences, time), counter-clockwise
        scale: (sequences, time), the shown size over the glyph's own
        shift_pixels: (sequences, time, 2), to the right and down
        covered: (sequences, time, 3), the left, top and side of the covered square, as shares
            of the frame's width
        ink_share: (sequences, time), the share of the ink that is left, 0 … 1
        noise: (sequences, time), standard deviation as a share of full ink
    """

    inverted: NDArray[np.bool_]
    rotation_degrees: Floats | None = field(default=None, metadata=amounts())
    scale: Floats | None = field(default=None, metadata=amounts(least=0))
    shift_pixels: Floats | None = field(default=None, metadata=amounts(2))
    covered: Floats | None = field(default=None, metadata=amounts(3, least=0, greatest=1))
    ink_share: Floats | None = field(default=None, metadata=amounts(least=0, greatest=1))
    noise: Floats | None = field(default=None, metadata=amounts(least=0))

    def __post_init__(self) -> None:
        sizes = check_axes(self.inverted, "sequences time", where="appearance: inverted")
        for part in fields(self):
            values = getattr(self, part.name)
            if values is not None and values.shape[:2] != tuple(sizes.values()):
                raise SeqreasonError(
                    f"appearance: {part.name} must begin with axes {tuple(sizes.values())}, "
                    f"got {values.shape}"
                )
