"""Rendering: glyphs become frames as their appearance says, in batches and on any device.

Each frame depends on its own glyph and amounts alone. So a frame is the same in any batch.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

from seqreason.structures.appearance import Appearance

Packed = Callable[[NDArray[Any]], Tensor]

_FULL_INK: Final = 255


def rendered(
    ink: Tensor,
    appearance: Appearance,
    *,
    packed: Packed,
    noise_words: Callable[[], NDArray[np.uint32]],
) -> Tensor:
    """Frames of *ink* under their appearance.

    Args:
        packed: brings an array (sequences, time, …) into the order of *ink*, on its device.
        noise_words: makes 32 random bits per pixel, shape (frames, pixels), if noise needs them.

    Shapes:
        ink: (frames, height, width), uint8
        returns: (frames, height, width), float32 in 0 … 1
    """
    inverted = packed(appearance.inverted)[:, None, None]
    changed = {name for name, amounts in vars(appearance).items() if amounts is not None}
    if changed <= {"inverted", "noise"}:
        # Inverting bytes moves a quarter of the memory that inverting floats does.
        frames = torch.where(inverted, _FULL_INK - ink, ink).float().div_(_FULL_INK)
    else:
        frames = ink.float().div_(_FULL_INK)
        if not changed.isdisjoint(_MOVES):
            frames = _moved(frames, appearance, packed)
        known = {"inverted", "noise", *_MOVES, *INK_CHANGES}
        assert changed <= known, "no change of ink for a field"
        for name, change in INK_CHANGES.items():
            if name in changed:
                frames = change(frames, packed(getattr(appearance, name)))
        frames = torch.where(inverted, 1 - frames, frames)
    if appearance.noise is not None:
        deviation = packed(appearance.noise)[:, None, None]
        noise = torch.from_numpy(_noise(noise_words())).to(frames.device).view_as(frames)
        frames = (frames + deviation * noise).clamp_(0, 1)
    return frames


def _moved(ink: Tensor, appearance: Appearance, packed: Packed) -> Tensor:
    """*ink* rotated, scaled and shifted; a frame that does not move keeps every bit."""
    matrix = _backward_maps(appearance)
    places = packed(matrix)
    is_moved = packed((matrix != np.array([1, 0, 0, 0, 1, 0])).any(axis=2)).nonzero()[:, 0]
    moved, maps = ink[is_moved], places[is_moved][:, :, None, None]
    height, width = ink.shape[1:]
    # Pixel centres, counted from the centre of the frame.
    y = (torch.arange(height, device=ink.device) - (height - 1) / 2)[:, None]
    x = torch.arange(width, device=ink.device) - (width - 1) / 2
    # Not a product of matrices: its rounding depends on the batch.
    from_x = maps[:, 0] * x + maps[:, 1] * y + maps[:, 2]
    from_y = maps[:, 3] * x + maps[:, 4] * y + maps[:, 5]
    grid = torch.stack([from_x * (2 / width), from_y * (2 / height)], dim=3)
    ink = ink.clone()
    ink[is_moved] = grid_sample(moved[:, None], grid, align_corners=False)[:, 0]
    return ink


def _backward_maps(appearance: Appearance) -> NDArray[np.float32]:
    """For each frame, the affine map from a place in the frame to the place in its glyph.

    It has shape (sequences, time, 6), rows (a, b, c), (d, e, f): x' = a x + b y + c.
    """
    shape = appearance.inverted.shape
    degrees = appearance.rotation_degrees
    # In float64, because the rounding of single-precision sines depends on the array's length.
    angle = np.deg2rad(np.zeros(shape) if degrees is None else degrees.astype(np.float64))
    scale = np.ones(shape) if appearance.scale is None else appearance.scale.astype(np.float64)
    shift = appearance.shift_pixels
    right, down = np.zeros((2, *shape)) if shift is None else np.moveaxis(shift, 2, 0)
    # Rows count downwards, so a counter-clockwise turn takes (x, y) from (x cos - y sin, …).
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    back_x, back_y = -(cosine * right - sine * down), -(sine * right + cosine * down)
    rows = [cosine, -sine, back_x, sine, cosine, back_y]
    # Adding 0 turns -0 into 0, so that frames that do not move compare equal to the identity.
    return np.asarray(np.stack(rows, axis=2) + 0.0, dtype=np.float32)


def _uncovered(ink: Tensor, squares: Tensor) -> Tensor:
    """The *ink* of the pixels whose centre lies outside their frame's square, (frames, 3)."""
    height, width = ink.shape[1:]
    left, top, side = squares.T[:, :, None] * width
    x = torch.arange(width, device=squares.device) + 0.5
    y = torch.arange(height, device=squares.device) + 0.5
    in_columns = (left <= x) & (x < left + side)
    in_rows = (top <= y) & (y < top + side)
    covered: Tensor = in_rows[:, :, None] & in_columns[:, None]
    return ink * ~covered


def _noise(words: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Approximately normal numbers, mean 0 and deviation 1: each sums the 4 bytes of its word.

    Integer sums are the same on every machine. A byte's variance is (2^16 - 1)/12.
    """
    sums = words.view(np.uint8).reshape(*words.shape, 4).sum(axis=-1, dtype=np.int32)
    return np.asarray((sums - 510) / np.sqrt((2**16 - 1) / 3), dtype=np.float32)


# These share one resampling.
_MOVES: Final = frozenset({"rotation_degrees", "scale", "shift_pixels"})

# The other transformations of ink (frames, height, width) by their amounts (frames, …), in the
# order in which they are applied. A new one needs a line here.
INK_CHANGES: Final[dict[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "covered": _uncovered,
    "ink_share": lambda ink, share: ink * share[:, None, None],
}
