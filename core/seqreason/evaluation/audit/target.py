"""What is audited: a generator over a bank, of the benchmark itself or of a shifted test."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np

from seqreason.data import ExampleSet, GlyphBank
from seqreason.evaluation.audit.findings import Check, CheckResult
from seqreason.evaluation.audit.possible import Possible
from seqreason.interfaces import SequenceGenerator
from seqreason.randomness import Stream
from seqreason.structures.glyphs import Split
from seqreason.structures.sequences import Sequences

NUM_DRAWN: Final = 10_000


@final
@dataclass(frozen=True)
class AuditTarget:
    """One generator with its bank; *shift* names the shifted test, and is empty for the main one.

    Training examples that are augmented are as a shift of their own, called `train`.

    What checks have in common is worked out once, by the first that asks for it.
    """

    generator: SequenceGenerator
    bank: GlyphBank
    seed: int
    shift: str = ""

    def check(self, name: str, law: int, outcome: Callable[[], CheckResult]) -> Check:
        """A check of this target: `streams-differ`, or `streams-differ/longer` of a shift."""
        return Check(f"{name}/{self.shift}" if self.shift else name, law, outcome)

    def examples(self, split: Split, *, seed: int) -> ExampleSet:
        """The examples of *split*, as training and evaluation see them."""
        # Augmented examples come from the main streams, and only look otherwise.
        variant = "" if self.shift == Split.TRAIN.label else self.shift
        return ExampleSet(self.generator, self.bank, seed=seed, split=split, variant=variant)

    @cached_property
    def sequences(self) -> Sequences:
        """A sample to judge what is drawn by, from a stream of its own."""
        stream = Stream.of(self.seed, "audit", self.shift)
        return self.generator.draw(stream, np.arange(NUM_DRAWN))

    @cached_property
    def possible(self) -> Possible | None:
        """What the generator says it can draw; None if it cannot enumerate that."""
        return Possible.of(self.generator)
