"""The target of an audit: a generator and its bank, of the benchmark or of a shifted test."""

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
    """One generator with its bank.

    The parts that several checks use are computed once, for the first that needs them.

    Attributes:
        shift: the name of the shifted test; `train` for augmented training examples; empty for the
            benchmark itself.
    """

    generator: SequenceGenerator
    bank: GlyphBank
    seed: int
    shift: str = ""

    def check(self, name: str, law: int, examine: Callable[[], CheckResult]) -> Check:
        """A check of this target: `streams-differ`, or `streams-differ/longer` for a shift."""
        return Check(f"{name}/{self.shift}" if self.shift else name, law, examine)

    def examples(self, split: Split, *, seed: int) -> ExampleSet:
        """The examples of *split*, as training and evaluation use them."""
        # Augmented examples come from the main streams, and only look different.
        variant = "" if self.shift == Split.TRAIN.label else self.shift
        return ExampleSet(self.generator, self.bank, seed=seed, split=split, variant=variant)

    @cached_property
    def sequences(self) -> Sequences:
        """A sample of drawn sequences, from a stream of its own."""
        stream = Stream.of(self.seed, "audit", self.shift)
        return self.generator.draw(stream, np.arange(NUM_DRAWN))

    @cached_property
    def possible(self) -> Possible | None:
        """The sequences that the generator declares; None if it cannot enumerate them."""
        return Possible.of(self.generator)
