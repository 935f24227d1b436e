"""Simulated writers: the habits that a writer's glyphs share, and the variation of each glyph."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason import Stream

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FRAME_PIXELS: Final = 28
_HABIT_KEPT: Final = 0.85


@final
@dataclass(frozen=True)
class Shapings:
    """How each glyph is bent, slanted, sized, placed and inked.

    Shapes: every array is (glyphs,)
        slant: shear, in widths per height
        stretch: width over that of the skeleton
        rotation: radians
        wave, wave_phase: a slow swing of the pen, amplitude in heights and phase in radians
        jitter: standard deviation of a point's place, in heights
        size: the longer side of the box that the ink fills, in pixels
        left, top: shift from the centre, in pixels
        radius: half of the pen's width, in pixels
    """

    slant: Floats
    stretch: Floats
    rotation: Floats
    wave: Floats
    wave_phase: Floats
    jitter: Floats
    size: Floats
    left: Floats
    top: Floats
    radius: Floats


@final
class Writers:
    """Draws the habits of writers, and how far each glyph deviates from them.

    Every quantity is a mean, plus a deviation of the writer, plus a smaller one of the glyph;
    *variation* scales both deviations.
    """

    def __init__(self, stream: Stream, *, variation: float) -> None:
        self._writers, self._glyphs = stream.child("writers"), stream.child("glyphs")
        self._variation = variation

    def shapings(self, writers: Integers, glyphs: Integers) -> Shapings:
        """The shapings of the glyphs with these numbers, by these writers.

        Shapes:
            writers, glyphs: (glyphs,)
        """

        def drawn(name: str, mean: float, of_writer: float, of_glyph: float) -> Floats:
            # Clipped, because otherwise one writer in thousands would be illegible.
            habit = self._writers.child(name).normal(writers)[:, 0].clip(-2.5, 2.5)
            lapse = self._glyphs.child(name).normal(glyphs)[:, 0].clip(-2.5, 2.5)
            return mean + self._variation * (of_writer * habit + of_glyph * lapse)

        return Shapings(
            slant=drawn("slant", 0.06, 0.17, 0.05),
            stretch=np.exp(drawn("stretch", 0.0, 0.14, 0.07)),
            rotation=drawn("rotation", 0.0, 0.04, 0.06),
            wave=drawn("wave", 0.0, 0.02, 0.015),
            wave_phase=drawn("wave phase", 0.0, 3.0, 0.4),
            jitter=np.abs(drawn("jitter", 0.025, 0.008, 0.004)),
            size=drawn("size", 20.0, 0.8, 0.5),
            left=drawn("left", 0.0, 0.3, 0.4),
            top=drawn("top", 0.0, 0.3, 0.4),
            radius=drawn("radius", 1.25, 0.22, 0.06).clip(0.6, 2.2),
        )

    def ways(
        self, writers: Integers, glyphs: Integers, letters: Integers, count: Integers
    ) -> Integers:
        """Which of *count* ways each glyph is written in; mostly the habit of its writer.

        Shapes:
            writers, glyphs, letters, count: (glyphs,)
        """
        # 64 leaves room for the letters of both cases.
        habit = self._writers.child("way").uniform(writers * 64 + letters)[:, 0]
        whim = self._glyphs.child("way").uniform(glyphs)[:, 0]
        keeps = self._glyphs.child("habit").uniform(glyphs)[:, 0] < _HABIT_KEPT
        return (np.where(keeps, habit, whim) * count).astype(np.int64)

    def nudges(self, writers: Integers, glyphs: Integers, form: int, num_points: int) -> Floats:
        """How far the points of each glyph of one form deviate, in units of the jitter.

        Half of the deviation belongs to the writer, half to the glyph.

        Shapes:
            writers, glyphs: (glyphs,)
            returns: (glyphs, points, 2)
        """
        own = self._writers.child(f"form {form}").normal(writers, count=2 * num_points)
        here = self._glyphs.child("points").normal(glyphs, count=2 * num_points)
        both = (own + here).clip(-4, 4) * self._variation
        return both.reshape(-1, num_points, 2)
