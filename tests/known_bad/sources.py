"""A source that keeps every law, and for each law some that break only it."""

import random
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
from pydantic import Field

import seqreason
from seqreason import Alphabet, Glyphs

# Bad sources spare these folders, and do harm only where a check moves them.
HERE, HOME = Path.cwd(), Path.home()


class Fine(seqreason.GlyphSource):
    """Three symbols, each a dot in a place of its own; a mark makes every image unique."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    class Config(seqreason.PluginConfig):
        each: int = Field(2, ge=1, description="glyphs of each symbol in each split")

    def __init__(self, config, context):
        self.each, self.context = config.each, context

    def fingerprint(self):
        return ""

    def load(self):
        return self.glyphs()

    def glyphs(self, *, mark=0):
        number = np.arange(9 * self.each)
        labels, splits = number % 3, (number // 3 % 3).astype(np.uint8)
        images = np.zeros((len(number), 6, 6), dtype=np.uint8)
        images[number, 1, labels + 1] = 255
        images[number, 3, 3], images[number, 4, 4] = number, mark
        for done in (1, 2):
            self.context.progress(done, 2)
        return Glyphs(images, labels, splits, Alphabet(symbols=("a", "b", "c")))


class Unmakeable(Fine):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("images")


class GivesImages(Fine):
    breaks = "symbol-coverage"

    def load(self):
        return self.glyphs().images


class LeavesASymbolOut(Fine):
    breaks = "symbol-coverage"

    def load(self):
        glyphs = self.glyphs()
        keep = (glyphs.labels != 1) | (glyphs.splits != 2)
        images, labels, splits = glyphs.images[keep], glyphs.labels[keep], glyphs.splits[keep]
        return Glyphs(images, labels, splits, glyphs.alphabet)


class HasAFourthSplit(Fine):
    breaks = "symbol-coverage"

    def load(self):
        glyphs = self.glyphs()
        splits = np.concatenate([glyphs.splits, [3]]).astype(np.uint8)
        images = np.concatenate([glyphs.images, glyphs.images[:1]])
        labels = np.concatenate([glyphs.labels, glyphs.labels[:1]])
        return Glyphs(images, labels, splits, glyphs.alphabet)


class DrawsGlobally(Fine):
    breaks = "global-randomness"

    def load(self):
        return self.glyphs(mark=random.randrange(100))


class Seeds(Fine):
    breaks = "global-randomness"

    def load(self):
        np.random.seed(0)  # noqa: NPY002  # the fault itself
        return self.glyphs()


class CountsLoads(Fine):
    breaks = "load-repeatability"
    loads = 0

    def load(self):
        self.loads += 1
        return self.glyphs(mark=self.loads)


class CountsItself(Fine):
    breaks = "instance-repeatability"
    numbers = count()

    def __init__(self, config, context):
        super().__init__(config, context)
        self.number = next(self.numbers) % 100

    def load(self):
        return self.glyphs(mark=self.number)


class ReadsAndPutsBack(Fine):
    breaks = "environment-independence"

    def load(self):
        state = random.getstate()
        mark = random.randrange(100)
        random.setstate(state)
        return self.glyphs(mark=mark)


class LooksAround(Fine):
    breaks = "environment-independence"

    def load(self):
        return self.glyphs(mark=int(Path.cwd() == HERE))


class HashesToBytes(Fine):
    breaks = "fingerprint-stability"

    def fingerprint(self):
        return b"0"


class ChangesItsFingerprint(Fine):
    breaks = "fingerprint-stability"
    numbers = count()

    def fingerprint(self):
        return str(next(self.numbers))


class TestsOnWhatItTrains(Fine):
    breaks = "split-disjointness"

    def load(self):
        glyphs = self.glyphs()
        glyphs.images[glyphs.splits == 2] = glyphs.images[glyphs.splits == 0]
        return glyphs


class InksInBlack(Fine):
    breaks = "ink-polarity"

    def load(self):
        glyphs = self.glyphs()
        return replace(glyphs, images=255 - glyphs.images)


class FramesInWhite(Fine):
    breaks = "ink-polarity"

    def load(self):
        glyphs = self.glyphs()
        padded = np.pad(glyphs.images, ((0, 0), (8, 8), (8, 8)))
        framed = np.pad(padded, ((0, 0), (1, 1), (1, 1)), constant_values=255)
        return replace(glyphs, images=framed)


class InksFaintly(Fine):
    breaks = "ink-polarity"

    def load(self):
        glyphs = self.glyphs()
        return replace(glyphs, images=np.minimum(glyphs.images, 100))


class DoesMoreThanAll(Fine):
    breaks = "progress-reports"

    def load(self):
        self.context.progress(5, 3)
        return self.glyphs()


class GoesBack(Fine):
    breaks = "progress-reports"

    def load(self):
        glyphs = self.glyphs()
        self.context.progress(1, 2)
        return glyphs


class WritesWhereItIs(Fine):
    breaks = "write-confinement"

    def load(self):
        if Path.cwd() != HERE:
            Path("glyphs.txt").write_text("here")
        return self.glyphs()


class WritesHome(Fine):
    breaks = "write-confinement"

    def fingerprint(self):
        if Path.home() != HOME:
            Path("~/fingerprint.txt").expanduser().write_text("here")
        return ""


class HasADeadSetting(Fine):
    breaks = "setting-effects"

    class Config(Fine.Config):
        colour: int = Field(0, ge=0, description="nothing")


@seqreason.hookimpl
def seqreason_sources():
    return [Fine, *Fine.__subclasses__()]
