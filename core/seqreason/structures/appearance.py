"""How each frame of a batch of sequences is shown: what happens to a glyph on its way there."""

from dataclasses import dataclass, fields
from typing import final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import SeqreasonError
from seqreason.structures.axes import check_axes

Floats = NDArray[np.float32]


@final
@dataclass(frozen=True)
class Appearance:
    """What is done to each frame, in this order; None where nothing is done.

    Turning, scaling and shifting are one bilinear resampling about the frame's middle; then ink
    within the covered square is taken away, ink is faded, the frame is made a negative, and
    noise is added.

    Shapes: every array begins with (sequences, time)
        inverted: (sequences, time), bool, True where a frame is black ink on white
        rotation_degrees: (sequences, time), counter-clockwise
        scale: (sequences, time), the shown size over the glyph's own
        shift_pixels: (sequences, time, 2), to the right and down
        covered: (sequences, time, 3), the covered square's left, top and side as shares of the
            frame's width
        ink_share: (sequences, time), how much of the ink is left, 0 … 1
        noise: (sequences, time), standard deviation as a share of full ink
    """

    inverted: NDArray[np.bool_]
    rotation_degrees: Floats | None = None
    scale: Floats | None = None
    shift_pixels: Floats | None = None
    covered: Floats | None = None
    ink_share: Floats | None = None
    noise: Floats | None = None

    def __post_init__(self) -> None:
        sizes = check_axes(self.inverted, "sequences time", where="appearance: inverted")
        for entry in fields(self):
            values = getattr(self, entry.name)
            if values is not None and values.shape[:2] != tuple(sizes.values()):
                raise SeqreasonError(
                    f"appearance: {entry.name} must begin with axes {tuple(sizes.values())}, "
                    f"got {values.shape}"
                )

    @property
    def is_moved(self) -> bool:
        """Whether any frame may be turned, scaled or shifted."""
        return any(
            part is not None for part in (self.rotation_degrees, self.scale, self.shift_pixels)
        )
