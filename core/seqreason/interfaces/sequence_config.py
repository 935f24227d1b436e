"""The settings that every built-in generator has: lengths, and how its frames look."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from seqreason.interfaces.plugin import PluginConfig
from seqreason.randomness import Integers, Stream
from seqreason.structures.appearance import Appearance, Floats


def _rising(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the least, {bounds[0]}, is above the greatest, {bounds[1]}")
    return bounds


Bounds = Annotated[tuple[int, int], AfterValidator(_rising)]
Share = Annotated[float, Field(ge=0, le=1)]
Background = Literal["black", "white", "mixed"]


class SequenceConfig(PluginConfig):
    """Lengths and degradations; a generator's `Config` adds the settings of its rule.

    Every degradation is off by default, and they can be combined. Each frame draws its own
    amounts, uniform up to the setting.
    """

    lengths: Bounds = Field((2, 8), description="fewest and most shown symbols, uniform")
    background: Background = Field("black", description="black, white, or one of them at random")
    background_per: Literal["sequence", "frame"] = Field(
        "sequence", description="whether a mixed background is drawn per sequence or per frame"
    )
    rotation_degrees: float = Field(
        0.0, ge=0, le=180, description="each frame is rotated by up to this angle, either way"
    )
    rotation_share: Share = Field(1.0, description="share of the frames that are rotated")
    shift_pixels: float = Field(
        0.0, ge=0, le=100, description="each glyph is shifted by up to this, along both axes"
    )
    scale: float = Field(
        0.0, ge=0, lt=1, description="each glyph is made smaller or larger by up to this share"
    )
    occlusion: Share = Field(
        0.0, description="largest side of the covered square, as a share of the width"
    )
    contrast: Share = Field(0.0, description="ink fades by up to this share of its strength")
    noise: Share = Field(
        0.0, description="standard deviation of a pixel's noise, as a share of full ink"
    )

    @model_validator(mode="after")
    def _every_setting_has_an_effect(self) -> "SequenceConfig":
        if self.background_per == "frame" and self.background != "mixed":
            raise ValueError("background_per: frame has no effect unless background is mixed")
        if self.rotation_share < 1 and not self.rotation_degrees:
            raise ValueError("rotation_share has no effect while rotation_degrees is 0")
        return self

    def appearance(self, stream: Stream, examples: Integers, *, time: int) -> Appearance:
        """How the frames of *examples* look; a function of (stream, index) for each example.

        A new transformation needs a setting above and a line here.
        """

        def drawn(name: str, reach: float, *, count: int = time) -> Floats:
            """Numbers in -reach … reach, *count* per example."""
            uniform = stream.child(name).uniform(examples, count=count)
            return ((2 * uniform - 1) * reach).astype(np.float32)

        size = (len(examples), time)
        return Appearance(
            inverted=self._inverted(stream, examples, time),
            rotation_degrees=self._rotations(stream, examples, time),
            scale=1 + drawn("scale", self.scale) if self.scale else None,
            shift_pixels=(
                drawn("shift", self.shift_pixels, count=2 * time).reshape(*size, 2)
                if self.shift_pixels
                else None
            ),
            covered=self._covered(stream, examples, time) if self.occlusion else None,
            ink_share=1 - np.abs(drawn("contrast", self.contrast)) if self.contrast else None,
            noise=np.full(size, self.noise, dtype=np.float32) if self.noise else None,
        )

    def _inverted(self, stream: Stream, examples: Integers, time: int) -> NDArray[np.bool_]:
        if self.background != "mixed":
            return np.full((len(examples), time), self.background == "white")
        count = time if self.background_per == "frame" else 1
        coins = stream.child("background").below(examples, 2, count=count) == 1
        return np.array(np.broadcast_to(coins, (len(examples), time)))

    def _rotations(self, stream: Stream, examples: Integers, time: int) -> Floats | None:
        if not self.rotation_degrees * self.rotation_share:
            return None
        angles = stream.child("rotation").uniform(examples, count=time)
        is_turned = stream.child("turned").uniform(examples, count=time) < self.rotation_share
        return ((2 * angles - 1) * self.rotation_degrees * is_turned).astype(np.float32)

    def _covered(self, stream: Stream, examples: Integers, time: int) -> Floats:
        drawn = stream.child("occlusion").uniform(examples, count=3 * time)
        left, top, side = np.moveaxis(drawn.reshape(-1, time, 3), 2, 0)
        side = side * self.occlusion
        # Every square lies within the frame.
        return np.stack([left * (1 - side), top * (1 - side), side], axis=2).astype(np.float32)
