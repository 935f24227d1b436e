"""Strokes become pixels: bent, fitted to the frame, and inked by an anti-aliased round pen."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seqreason_plugins.sources.strokes.skeletons import Skeleton
from seqreason_plugins.sources.strokes.writers import FRAME_PIXELS, Shapings

Floats = NDArray[np.float32]

_CHUNK: Final = 64


def draw(skeleton: Skeleton, nudges: NDArray[np.float64], shapings: Shapings) -> NDArray[np.uint8]:
    """Glyphs of one skeleton, each with its own shaping.

    Shapes:
        nudges: (glyphs, points, 2), deviations in units of the jitter
        returns: (glyphs, 28, 28), 0 = paper … 255 = ink
    """
    points = skeleton.points + nudges * shapings.jitter[:, None, None]
    # In float64, so that the last bit of a glyph does not depend on the size of the batch.
    strokes = np.matmul(skeleton.weights.astype(np.float64), points)
    pixels = _placed(_bent(strokes, shapings), shapings).astype(np.float32)
    radius = shapings.radius.astype(np.float32)
    images = [
        ink(pixels[begin : begin + _CHUNK], radius[begin : begin + _CHUNK])
        for begin in range(0, len(pixels), _CHUNK)
    ]
    return np.concatenate(images)


def _bent(strokes: NDArray[np.float64], shapings: Shapings) -> NDArray[np.float64]:
    """Strokes (glyphs, samples, 2) after the writer's wave, stretch, slant and rotation."""
    x, y = strokes[..., 0], strokes[..., 1]
    phase = shapings.wave_phase[:, None]
    x = x + shapings.wave[:, None] * np.sin(2 * np.pi * y + phase)
    y = y + shapings.wave[:, None] * np.sin(2 * np.pi * x + 2 * phase)
    x = x * shapings.stretch[:, None] - y * shapings.slant[:, None]
    sine, cosine = np.sin(shapings.rotation)[:, None], np.cos(shapings.rotation)[:, None]
    return np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=-1)


def _placed(strokes: NDArray[np.float64], shapings: Shapings) -> NDArray[np.float64]:
    """Strokes in pixels: as large as their box, and centred except for the shift."""
    low, high = strokes.min(axis=1, keepdims=True), strokes.max(axis=1, keepdims=True)
    room = shapings.size - 2 * shapings.radius
    scale = room / (high - low).max(axis=(1, 2))
    shift = np.stack([shapings.left, shapings.top], axis=1)[:, None]
    centred = (strokes - (low + high) / 2) * scale[:, None, None]
    return np.asarray(centred + FRAME_PIXELS / 2 + shift)


def ink(samples: Floats, radius: Floats) -> NDArray[np.uint8]:
    """Frames inked along *samples*; the ink fades over one pixel at the edge of the pen.

    The squared distances of all pixels to all samples are one matrix product:
    |p - s|² = |p|² - 2 p·s + |s|².

    Shapes:
        samples: (glyphs, samples, 2), x and y in pixels
        radius: (glyphs,)
        returns: (glyphs, 28, 28)
    """
    axis = np.arange(FRAME_PIXELS, dtype=np.float32) + np.float32(0.5)
    y, x = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
    ours = np.stack([x * x + y * y, -2 * x, -2 * y, np.ones_like(x)])
    one = np.ones(samples.shape[:2], dtype=np.float32)
    theirs = np.stack([one, samples[..., 0], samples[..., 1], (samples**2).sum(-1)], axis=-1)
    nearest = np.matmul(theirs, ours).min(axis=1)
    distance = np.sqrt(nearest.clip(min=0))
    cover = (radius[:, None] + np.float32(0.5) - distance).clip(0, 1)
    grey = np.rint(cover * 255).astype(np.uint8)
    return np.asarray(grey.reshape(-1, FRAME_PIXELS, FRAME_PIXELS))
