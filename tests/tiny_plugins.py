"""Plug-ins for the tests: a source of small pictures, and parts that break in known ways."""

import numpy as np
from pydantic import Field
from torch import Tensor

import seqreason
from seqreason import Alphabet, Glyphs, IncompatibleError, Stream
from seqreason.structures.alphabet import LATIN


class Dots(seqreason.GlyphSource):
    """8×8 pictures: two dots name the symbol, beside some noise; nine glyphs in each split."""

    name = "dots"

    class Config(seqreason.PluginConfig):
        noise: int = Field(40, ge=0, le=100, description="greatest grey level of the noise")

    def __init__(self, config, context):
        self.noise = config.noise

    def fingerprint(self):
        return ""

    def load(self):
        labels = np.tile(np.arange(26), 27)
        splits = np.repeat(np.arange(3), 26 * 9).astype(np.uint8)
        noise = Stream.of(0, "dots").below(np.arange(len(labels)), self.noise + 1, count=64)
        images = noise.reshape(-1, 8, 8).astype(np.uint8)
        images[np.arange(len(labels)), labels // 6 + 1, labels % 6 + 1] = 255
        images[np.arange(len(labels)), 0, labels % 7] = 255
        return Glyphs(images, labels, splits, LATIN)


class TenDots(seqreason.GlyphSource):
    """Ten symbols of another alphabet, each a dot at its own place, in three splits."""

    name = "ten-dots"

    def __init__(self, config, context):
        pass

    def fingerprint(self):
        return ""

    def load(self):
        labels = np.tile(np.arange(10), 9)
        images = np.zeros((90, 8, 8), dtype=np.uint8)
        images[np.arange(90), labels % 5 + 1, labels // 5 + 1] = 255
        images[np.arange(90), 7, 7] = np.arange(90)
        splits = np.repeat(np.arange(3), 30).astype(np.uint8)
        return Glyphs(images, labels, splits, Alphabet(symbols=tuple("0123456789")))


class PickySource(seqreason.GlyphSource):
    """Fits no benchmark."""

    name = "picky-source"

    def __init__(self, config, context):
        raise IncompatibleError("needs colours")

    def fingerprint(self):
        raise NotImplementedError

    def load(self):
        raise NotImplementedError


class PickyGenerator(seqreason.SequenceGenerator):
    """Fits no alphabet."""

    name = "picky-generator"
    Config = seqreason.SequenceConfig

    def __init__(self, config, context):
        raise IncompatibleError(f"knows no alphabet of {context.alphabet_size}")

    def draw(self, stream, examples):
        raise NotImplementedError


class PickyObjective(seqreason.Objective):
    """Fits no alphabet."""

    name = "picky-objective"

    def __init__(self, config, context):
        raise IncompatibleError(f"knows no alphabet of {context.alphabet_size}")

    def losses(self, logits, targets):
        raise NotImplementedError


class Explodes(seqreason.Encoder):
    """Raises in its forward pass."""

    name = "explodes"

    def __init__(self, config, context):
        super().__init__()
        self.features = 4

    def forward(self, frames: Tensor) -> Tensor:
        raise ZeroDivisionError("the encoder exploded")


class Refuses(seqreason.Encoder):
    """Fits no frame at all."""

    name = "refuses"

    def __init__(self, config, context):
        raise IncompatibleError("needs frames of three channels")

    def forward(self, frames: Tensor) -> Tensor:
        raise NotImplementedError


class Unmakeable(seqreason.Encoder):
    """Raises in its constructor."""

    name = "unmakeable"

    def __init__(self, config, context):
        raise KeyError("size")

    def forward(self, frames: Tensor) -> Tensor:
        raise NotImplementedError


class HalfForcing(seqreason.Forcing):
    """Forces every other symbol, by chance."""

    name = "half"

    def __init__(self, config, context):
        pass

    def forced_share(self, progress):
        return 0.5


class NotANumber(seqreason.Objective):
    """A loss that is never a number."""

    name = "not-a-number"

    def __init__(self, config, context):
        pass

    def losses(self, logits, targets):
        return (logits * float("nan")).sum(dim=1)


@seqreason.hookimpl
def seqreason_sources():
    return [Dots, TenDots, PickySource]


@seqreason.hookimpl
def seqreason_generators():
    return [PickyGenerator]


@seqreason.hookimpl
def seqreason_encoders():
    return [Explodes, Refuses, Unmakeable]


@seqreason.hookimpl
def seqreason_forcings():
    return [HalfForcing]


@seqreason.hookimpl
def seqreason_objectives():
    return [NotANumber, PickyObjective]
