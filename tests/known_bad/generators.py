"""A generator that keeps every law, and for each law some that break only it."""

import random
from dataclasses import replace
from itertools import count

import numpy as np
from pydantic import Field

import seqreason
from seqreason import PADDING, Appearance, Hypotheses, Sequences, Stream


class Fine(seqreason.EnumerableGenerator):
    """Symbols in alphabetical order from any start; the first follows the last."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    class Config(seqreason.PluginConfig):
        longest: int = Field(3, ge=1, description="most shown symbols")

    def __init__(self, config, context):
        self.longest, self.size = config.longest, context.alphabet_size

    def draw(self, stream, examples):
        lengths = 1 + stream.child("length").below(examples, self.longest)[:, 0]
        starts = stream.child("start").below(examples, self.size)[:, 0]
        places = np.arange(self.longest + 1)
        symbols = (starts[:, None] + places) % self.size
        symbols[places > lengths[:, None]] = PADDING
        ink = stream.child("ink").uniform(examples, count=self.longest).astype(np.float32)
        appearance = Appearance(inverted=ink > 0.5, ink_share=ink)
        return Sequences(symbols, lengths, appearance, {"start": starts})

    def length_probabilities(self):
        return dict.fromkeys(range(1, self.longest + 1), 1 / self.longest)

    def hypotheses(self, length):
        symbols = (np.arange(self.size)[:, None] + np.arange(length + 1)) % self.size
        return Hypotheses(symbols, np.full(self.size, 1 / self.size))


class Unmakeable(Fine):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class GivesSymbols(Fine):
    breaks = "sequence-count"

    def draw(self, stream, examples):
        return super().draw(stream, examples).symbols


class DropsTheFirst(Fine):
    breaks = "sequence-count"

    def draw(self, stream, examples):
        return super().draw(stream, examples[1:])


class NarrowsLengths(Fine):
    breaks = "sequence-count"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return replace(drawn, lengths=drawn.lengths.astype(np.int32))


class ShowsNothing(Fine):
    breaks = "sequence-count"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return replace(drawn, lengths=drawn.lengths - 1)


class Seeds(Fine):
    breaks = "global-randomness"

    def draw(self, stream, examples):
        np.random.seed(0)  # noqa: NPY002  # the fault itself
        return super().draw(stream, examples)


class DrawsGlobally(Fine):
    breaks = "global-randomness"

    def draw(self, stream, examples):
        return super().draw(Stream(random.getrandbits(64)), examples)


class ReadsAndPutsBack(Fine):
    breaks = "global-randomness"

    def draw(self, stream, examples):
        state = random.getstate()
        drawn = super().draw(Stream(random.getrandbits(64)), examples)
        random.setstate(state)
        return drawn


class CountsCalls(Fine):
    breaks = "draw-repeatability"
    calls = 0

    def draw(self, stream, examples):
        self.calls += 1
        return super().draw(stream.child(str(self.calls)), examples)


class ReusesItsArrays(Fine):
    breaks = "draw-repeatability"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        self.kept = getattr(self, "kept", {})
        kept = self.kept.setdefault(len(examples), drawn.symbols)
        kept[:] = drawn.symbols
        return replace(drawn, symbols=kept)


class CountsItself(Fine):
    breaks = "instance-repeatability"
    numbers = count()

    def __init__(self, config, context):
        super().__init__(config, context)
        self.number = next(self.numbers)

    def draw(self, stream, examples):
        return super().draw(stream.child(str(self.number)), examples)


class OverwritesIndices(Fine):
    breaks = "input-immutability"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        examples[:] = 0
        return drawn


class HoldsAFunction(Fine):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.next = lambda symbol: symbol + 1


class GoesByThePlace(Fine):
    breaks = "example-independence"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return replace(drawn, facts={"place": np.arange(len(examples))})


class WhitensABatch(Fine):
    breaks = "example-independence"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        inverted = np.full_like(drawn.appearance.inverted, drawn.appearance.inverted.any())
        return replace(drawn, appearance=replace(drawn.appearance, inverted=inverted))


class Recycles(Fine):
    breaks = "example-distinctness"

    def draw(self, stream, examples):
        return super().draw(stream, examples % 64)


class HasThirtyTwoBits(Fine):
    breaks = "example-distinctness"

    def draw(self, stream, examples):
        return super().draw(stream, examples & 0xFFFFFFFF)


class RecyclesSymbolsAlone(Fine):
    breaks = "example-distinctness"

    def draw(self, stream, examples):
        appearance = super().draw(stream, examples).appearance
        return replace(super().draw(stream, examples % 64), appearance=appearance)


class IgnoresItsStream(Fine):
    breaks = "stream-distinctness"

    def draw(self, stream, examples):
        return super().draw(Stream(7), examples)


class IgnoresItForSymbolsAlone(Fine):
    breaks = "stream-distinctness"

    def draw(self, stream, examples):
        appearance = super().draw(stream, examples).appearance
        return replace(super().draw(Stream(7), examples), appearance=appearance)


class SharesAStream(Fine):
    breaks = "stream-distinctness"

    def draw(self, stream, examples):
        # Half of all streams are the same stream, shifted by one example.
        return super().draw(Stream(7), examples + stream.key % 2)


class RunsOffTheEnd(Fine):
    breaks = "alphabet-range"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        symbols = np.where(drawn.symbols == self.size - 1, self.size, drawn.symbols)
        return replace(drawn, symbols=symbols)


class PadsWithA(Fine):
    breaks = "alphabet-range"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return replace(drawn, symbols=np.where(drawn.symbols == PADDING, 0, drawn.symbols))


class AddsInk(Fine):
    breaks = "appearance-range"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        ink = drawn.appearance.ink_share * 2
        return replace(drawn, appearance=replace(drawn.appearance, ink_share=ink))


class ScalesByNothing(Fine):
    breaks = "appearance-range"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        scale = np.zeros_like(drawn.appearance.ink_share)
        return replace(drawn, appearance=replace(drawn.appearance, scale=scale))


class ForgetsTheAxis(Fine):
    breaks = "appearance-range"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        shift = np.zeros_like(drawn.appearance.ink_share)
        return replace(drawn, appearance=replace(drawn.appearance, shift_pixels=shift))


class GivesFractions(Fine):
    breaks = "fact-types"

    def draw(self, stream, examples):
        drawn = super().draw(stream, examples)
        return replace(drawn, facts={"start": drawn.facts["start"] / 2})


class SharesTooMuch(Fine):
    breaks = "length-distribution"

    def length_probabilities(self):
        return dict.fromkeys(range(1, self.longest + 1), 1.0)


class ListsNoAnswer(Fine):
    breaks = "hypothesis-distribution"

    def hypotheses(self, length):
        return super().hypotheses(length - 1)


class LosesProbability(Fine):
    breaks = "hypothesis-distribution"

    def hypotheses(self, length):
        listed = super().hypotheses(length)
        return replace(listed, probabilities=listed.probabilities * 0.9)


class ForgetsASequence(Fine):
    breaks = "hypothesis-coverage"

    def hypotheses(self, length):
        symbols = super().hypotheses(length).symbols[1:]
        return Hypotheses(symbols, np.full(len(symbols), 1 / len(symbols)))


class ForgetsALength(Fine):
    breaks = "hypothesis-coverage"

    def length_probabilities(self):
        return dict.fromkeys(range(2, self.longest + 2), 1 / self.longest)


class PrefersEarlySymbols(Fine):
    breaks = "draw-frequencies"

    def hypotheses(self, length):
        listed = super().hypotheses(length)
        weights = 1.0 + np.arange(self.size)
        return replace(listed, probabilities=weights / weights.sum())


class PrefersShortOnes(Fine):
    breaks = "draw-frequencies"

    class Config(seqreason.PluginConfig):
        longest: int = Field(3, ge=2, description="most shown symbols")

    def length_probabilities(self):
        rest = dict.fromkeys(range(2, self.longest + 1), 0.6 / (self.longest - 1))
        return {1: 0.4, **rest}


class HasADeadSetting(Fine):
    breaks = "setting-effects"

    class Config(Fine.Config):
        colour: int = Field(0, ge=0, description="nothing")


@seqreason.hookimpl
def seqreason_generators():
    return [Fine, *Fine.__subclasses__()]
