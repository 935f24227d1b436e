"""Rendering: from glyphs to frames, as the appearance of each says; batched, on any device.

Each frame is a function of its own glyph and amounts alone: nothing here mixes frames, so a
frame comes out the same in any batch.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

from seqreason.structures.appearance import Appearance

_FULL_INK: Final = 255


def rendered(
    ink: Tensor,
    appearance: Appearance,
    *,
    packed: Callable[[NDArray[Any]], Tensor],
    noise_words: Callable[[], NDArray[np.uint32]],
) -> Tensor:
    """Frames of *ink* under their appearance.

    Args:
        packed: brings an array (sequences, time, …) into the order of *ink*, on its device.
        noise_words: 32 random bits for each pixel, shape (frames, pixels); asked for if needed.

    Shapes:
        ink: (frames, height, width), uint8
        returns: (frames, height, width), float32 in 0 … 1
    """
    inverted = packed(appearance.inverted)[:, None, None]
    if appearance.covered is None and appearance.ink_share is None and not appearance.is_moved:
        # Nothing but the negative: done on bytes, a quarter of what floats would move.
        frames = torch.where(inverted, _FULL_INK - ink, ink).float().div_(_FULL_INK)
    else:
        frames = _degraded(ink.float().div_(_FULL_INK), appearance, packed)
        frames = torch.where(inverted, 1 - frames, frames)
    if appearance.noise is not None:
        deviation = packed(appearance.noise)[:, None, None]
        noise = torch.from_numpy(_noise(noise_words())).to(frames.device).view_as(frames)
        frames = (frames + deviation * noise).clamp_(0, 1)
    return frames


def _degraded(
    ink: Tensor, appearance: Appearance, packed: Callable[[NDArray[Any]], Tensor]
) -> Tensor:
    if appearance.is_moved:
        ink = _moved(ink, appearance, packed)
    if appearance.covered is not None:
        ink = ink * ~_covered(packed(appearance.covered), ink.shape[1], ink.shape[2])
    if appearance.ink_share is not None:
        ink = ink * packed(appearance.ink_share)[:, None, None]
    return ink


def _moved(ink: Tensor, appearance: Appearance, packed: Callable[[NDArray[Any]], Tensor]) -> Tensor:
    """*ink* turned, scaled and shifted; a frame that is not moved stays as it is to the bit."""
    matrix = _backward_maps(appearance)
    places = packed(matrix)
    is_moved = packed((matrix != np.array([1, 0, 0, 0, 1, 0])).any(axis=2)).nonzero()[:, 0]
    moved, maps = ink[is_moved], places[is_moved][:, :, None, None]
    height, width = ink.shape[1:]
    # Pixel middles, counted from the middle of the frame.
    y = (torch.arange(height, device=ink.device) - (height - 1) / 2)[:, None]
    x = torch.arange(width, device=ink.device) - (width - 1) / 2
    # Written out rather than as a product of matrices, whose rounding depends on the batch.
    from_x = maps[:, 0] * x + maps[:, 1] * y + maps[:, 2]
    from_y = maps[:, 3] * x + maps[:, 4] * y + maps[:, 5]
    grid = torch.stack([from_x * (2 / width), from_y * (2 / height)], dim=3)
    ink = ink.clone()
    ink[is_moved] = grid_sample(moved[:, None], grid, align_corners=False)[:, 0]
    return ink


def _backward_maps(appearance: Appearance) -> NDArray[np.float32]:
    """For each frame the affine map from a place in it to the place in its glyph.

    Shapes:
        returns: (sequences, time, 6), rows (a, b, c), (d, e, f): x' = a x + b y + c
    """
    shape = appearance.inverted.shape
    turned = appearance.rotation_degrees
    # In float64: sines of single precision are rounded otherwise in loops of another length.
    angle = np.deg2rad(np.zeros(shape) if turned is None else turned.astype(np.float64))
    scale = np.ones(shape) if appearance.scale is None else appearance.scale.astype(np.float64)
    shift = appearance.shift_pixels
    right, down = np.zeros((2, *shape)) if shift is None else np.moveaxis(shift, 2, 0)
    # Rows count downwards, so a turn counter-clockwise takes (x, y) from (x cos - y sin, …).
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    back_x, back_y = -(cosine * right - sine * down), -(sine * right + cosine * down)
    rows = [cosine, -sine, back_x, sine, cosine, back_y]
    # Adding 0 turns -0 into 0, so that a frame that is not moved is known as such.
    return np.asarray(np.stack(rows, axis=2) + 0.0, dtype=np.float32)


def _covered(squares: Tensor, height: int, width: int) -> Tensor:
    """True where a pixel's middle lies within its frame's square, (frames, height, width)."""
    left, top, side = squares.T[:, :, None] * width
    x = torch.arange(width, device=squares.device) + 0.5
    y = torch.arange(height, device=squares.device) + 0.5
    in_columns = (left <= x) & (x < left + side)
    in_rows = (top <= y) & (y < top + side)
    covered: Tensor = in_rows[:, :, None] & in_columns[:, None]
    return covered


def _noise(words: NDArray[np.uint32]) -> NDArray[np.float32]:
    """About normal numbers of mean 0 and deviation 1: each the sum of its word's four bytes.

    Sums of whole numbers come out alike on every machine. A byte's variance is (2^16 - 1)/12.
    """
    sums = words.view(np.uint8).reshape(*words.shape, 4).sum(axis=-1, dtype=np.int32)
    return np.asarray((sums - 510) / np.sqrt((2**16 - 1) / 3), dtype=np.float32)
