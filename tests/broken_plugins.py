"""Plug-ins that each break one law, and an honest one of each kind, for the audit to catch."""

from itertools import count
from typing import ClassVar

import numpy as np
from torch import nn
from torch.utils.data import get_worker_info

import seqreason
from seqreason import Appearance, Glyphs, Hypotheses, Reasoning, Sequences, Stream
from seqreason.structures.alphabet import LATIN

SHOWN = 4


class Honest(seqreason.EnumerableGenerator):
    """Four letters with a difference of 1 to 3; all 54 sequences are equally probable."""

    name = "honest"

    def __init__(self, config, context):
        self.rows = np.array(
            [
                start + difference * np.arange(SHOWN + 1)
                for difference in (1, 2, 3)
                for start in range(26 - SHOWN * difference)
            ]
        )

    def draw(self, stream, examples):
        symbols = self.rows[self.chosen(stream, examples)]
        lengths = np.full(len(examples), SHOWN)
        return Sequences(symbols, lengths, self.appearance(stream, examples, symbols))

    def chosen(self, stream, examples):
        return stream.child("row").below(examples, len(self.rows))[:, 0]

    def appearance(self, stream, examples, symbols):
        coins = stream.child("background").below(examples, 2, count=SHOWN) == 1
        angles = stream.child("rotation").uniform(examples, count=SHOWN) * 20
        return Appearance(coins, rotation_degrees=angles.astype(np.float32))

    def length_probabilities(self):
        return {SHOWN: 1.0}

    def hypotheses(self, length):
        return Hypotheses(self.rows, np.full(len(self.rows), 1 / len(self.rows)))


class OneState(Honest):
    """Draws from one random generator that keeps its state."""

    name = "one-state"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.state = np.random.default_rng(0)

    def chosen(self, stream, examples):
        return self.state.integers(0, len(self.rows), len(examples))


class IgnoresStream(Honest):
    """Draws the same for every seed and split."""

    name = "ignores-stream"

    def chosen(self, stream, examples):
        return super().chosen(Stream.of(0), examples)


class SeedPlusIndex(Honest):
    """Adds the benchmark's seed and an item's index to make the item's seed."""

    name = "seed-plus-index"
    starts: ClassVar = {
        Stream.of(seed, split).child("sequences").key: seed + 10**7 * place
        for seed in range(4)
        for place, split in enumerate(("train", "valid", "test"))
    }

    def chosen(self, stream, examples):
        return super().chosen(Stream.of(0), examples + self.starts.get(stream.key, 10**8))


class Twice(Honest):
    """Draws each item twice in a row."""

    name = "twice"

    def chosen(self, stream, examples):
        return super().chosen(stream, examples // 2)


class Outside(Honest):
    """Goes a letter past Z."""

    name = "outside"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.rows = self.rows + 1


class Talks(Honest):
    """Puts a symbol after the answer."""

    name = "talks"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return Sequences(drawn.symbols, drawn.lengths - 1, drawn.appearance)


class Undeclared(Honest):
    """Does not declare three of its sequences."""

    name = "undeclared"

    def hypotheses(self, length):
        rows = self.rows[:-3]
        return Hypotheses(rows, np.full(len(rows), 1 / len(rows)))


class WrongFrequencies(Honest):
    """Declares one sequence twice as probable as the others."""

    name = "wrong-frequencies"

    def hypotheses(self, length):
        weights = np.ones(len(self.rows))
        weights[7] = 2
        return Hypotheses(self.rows, weights / weights.sum())


class WrongSum(Honest):
    """Declares probabilities with the sum 1/2."""

    name = "wrong-sum"

    def length_probabilities(self):
        return {SHOWN: 0.5}


class BackgroundHints(Honest):
    """Shows a white background if the answer is odd."""

    name = "background-hints"

    def appearance(self, stream, examples, symbols):
        honest = super().appearance(stream, examples, symbols)
        is_odd = np.repeat(symbols[:, -1:] % 2 == 1, SHOWN, axis=1)
        return Appearance(is_odd, rotation_degrees=honest.rotation_degrees)


class AngleHints(Honest):
    """Rotates the last frame further, the later the answer is in the alphabet."""

    name = "angle-hints"

    def appearance(self, stream, examples, symbols):
        honest = super().appearance(stream, examples, symbols)
        honest.rotation_degrees[:, -1] += symbols[:, -1]
        return honest


class LastHints(Honest):
    """Shows steps of 1 to 3, and always asks for the letter after the last one."""

    name = "last-hints"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.rows[:, -1] = self.rows[:, -2] + 1


class SameAnswer(Honest):
    """Always asks for A."""

    name = "same-answer"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.rows[:, -1] = 0


class OtherInWorkers(Honest):
    """Draws other items in the worker processes of a loader."""

    name = "other-in-workers"

    def chosen(self, stream, examples):
        return super().chosen(stream, examples + (0 if get_worker_info() is None else 1))


class FailsInWorkers(Honest):
    """Fails in the worker processes of a loader."""

    name = "fails-in-workers"

    def chosen(self, stream, examples):
        if get_worker_info() is not None:
            raise RuntimeError("no place to draw in")
        return super().chosen(stream, examples)


class CannotCount(Honest):
    """Raises when it has to enumerate."""

    name = "cannot-count"

    def hypotheses(self, length):
        raise ZeroDivisionError("there are none")


class Unlisted(seqreason.SequenceGenerator):
    """Draws honestly, but cannot enumerate what it draws."""

    name = "unlisted"

    def __init__(self, config, context):
        self.honest = Honest(config, context)

    def draw(self, stream, examples):
        return self.honest.draw(stream, examples)


class UnlistedIgnoresStream(Unlisted):
    """Draws the same for every seed and split, and cannot enumerate it."""

    name = "unlisted-ignores-stream"

    def draw(self, stream, examples):
        return self.honest.draw(Stream.of(0), examples)


class Pictures(seqreason.GlyphSource):
    """Grey noise: nine different 8×8 glyphs for each symbol."""

    name = "pictures"
    seed = 0

    def __init__(self, config, context):
        pass

    def fingerprint(self):
        return ""

    def load(self):
        labels = np.tile(np.arange(26), 9)
        splits = np.repeat(np.arange(3), 26 * 3).astype(np.uint8)
        images = Stream.of(self.seed, "pictures").below(np.arange(len(labels)), 256, count=64)
        return self.changed(images.reshape(-1, 8, 8).astype(np.uint8), labels, splits)

    def changed(self, images, labels, splits):
        return Glyphs(images, labels, splits, LATIN)


class OtherEachTime(Pictures):
    """Loads other pictures each time."""

    name = "other-each-time"
    seeds = count(1)

    def load(self):
        self.seed = next(self.seeds)
        return super().load()


class FiveCopies(Pictures):
    """Has five training glyphs among its test glyphs."""

    name = "five-copies"

    def changed(self, images, labels, splits):
        images[splits == 2] = np.concatenate([images[:5], images[splits == 2][5:]])
        return super().changed(images, labels, splits)


class AllCopies(Pictures):
    """Tests with the training glyphs."""

    name = "all-copies"

    def changed(self, images, labels, splits):
        images[splits == 2] = images[splits == 0]
        return super().changed(images, labels, splits)


class NearCopies(Pictures):
    """Tests with training glyphs whose corner is one grey level lighter or darker."""

    name = "near-copies"

    def changed(self, images, labels, splits):
        images[splits == 2] = images[splits == 0]
        images[splits == 2, 0, 0] ^= 1
        return super().changed(images, labels, splits)


class TwoLabels(Pictures):
    """Shows one picture as A and as B."""

    name = "two-labels"

    def changed(self, images, labels, splits):
        images[1] = images[0]
        return super().changed(images, labels, splits)


class OtherWayRound(Pictures):
    """Has the pictures of `pictures`, with train and test exchanged."""

    name = "other-way-round"

    def changed(self, images, labels, splits):
        return super().changed(images, labels, 2 - splits)


class FrameByFrame(seqreason.Reasoner):
    """Classifies each frame by itself, and ignores forced symbols."""

    name = "frame-by-frame"

    def __init__(self, config, context):
        super().__init__()
        self.linear = nn.Linear(context.features, context.alphabet_size)

    def forward(self, features, packing, forced):
        logits = self.linear(features)
        return Reasoning(logits, logits)


class Mixes(FrameByFrame):
    """Subtracts the mean over all frames of the batch."""

    name = "mixes"

    def forward(self, features, packing, forced):
        logits = self.linear(features - features.mean(dim=0))
        return Reasoning(logits, logits)


@seqreason.hookimpl
def seqreason_generators():
    return [
        Honest, OneState, IgnoresStream, SeedPlusIndex, Twice, Outside, Talks, Undeclared,
        WrongFrequencies, WrongSum, BackgroundHints, AngleHints, LastHints, SameAnswer,
        OtherInWorkers, FailsInWorkers, CannotCount, Unlisted, UnlistedIgnoresStream,
    ]  # fmt: skip


@seqreason.hookimpl
def seqreason_sources():
    return [
        Pictures, OtherEachTime, FiveCopies, AllCopies, NearCopies, TwoLabels, OtherWayRound,
    ]  # fmt: skip


@seqreason.hookimpl
def seqreason_reasoners():
    return [FrameByFrame, Mixes]
