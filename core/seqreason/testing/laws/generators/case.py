"""Cases for generators: the indices of a stream, and the sequences drawn for them."""

from dataclasses import fields
from typing import Final, final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import Field

from seqreason.interfaces import EnumerableGenerator, GeneratorContext, SequenceGenerator
from seqreason.randomness import Stream
from seqreason.structures.glyphs import Split
from seqreason.structures.sequences import Sequences
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.law import SEEDS
from seqreason.testing.subject import Subject

Integers = NDArray[np.int64]


@final
class GeneratorCase(Case):
    """The size of the alphabet, and the indices of the examples to draw."""

    alphabet_size: int = Field(26, ge=2, description="symbols of the alphabet")
    count: int = Field(3, ge=0, description="examples in the batch")
    first: int = Field(0, ge=0, lt=2**62, description="index of the first example")

    @property
    def context(self) -> GeneratorContext:
        """The context that the generator is made with."""
        return GeneratorContext(self.alphabet_size)

    def examples(self, count: int | None = None) -> Integers:
        """The indices of the batch, or of *count* examples instead."""
        return self.first + np.arange(self.count if count is None else count, dtype=np.int64)

    def stream(self, *, seed_step: int = 0, split: Split = Split.TRAIN) -> Stream:
        """The stream of a split's sequences, with the name that the framework gives it."""
        return Stream.of(self.seed + seed_step, split.label).child("sequences")


# Indices near 0, near the 32-bit limits, and far beyond them.
CASE_FIELDS: Final = {
    "seed": SEEDS,
    "alphabet_size": st.just(26) | st.integers(2, 40),
    "count": st.integers(0, 12),
    "first": st.integers(0, 1000) | st.sampled_from([2**31 - 3, 2**32 - 3, 2**40, 2**61]),
}


def made(subject: Subject, case: GeneratorCase) -> SequenceGenerator:
    """The generator of the case."""
    generator: SequenceGenerator = subject.make(case.settings, case.context)
    return generator


def enumerable(subject: Subject, case: GeneratorCase) -> EnumerableGenerator:
    """The generator of the case, if it can enumerate its sequences.

    Raises:
        NotApplicableError: it cannot.
    """
    generator = made(subject, case)
    if not isinstance(generator, EnumerableGenerator):
        raise NotApplicableError("it is not an EnumerableGenerator, so it lists no sequences")
    return generator


def drawn(generator: SequenceGenerator, stream: Stream, examples: Integers) -> Sequences:
    """The sequences with the indices *examples*.

    Raises:
        BrokenLawError: it gives no `Sequences`, or not one for each index.
    """
    sequences: object = generator.draw(stream, examples.copy())
    if not isinstance(sequences, Sequences):
        raise BrokenLawError(f"draw must return Sequences, got {type(sequences).__name__}")
    message = f"{len(examples)} indices gave {len(sequences.lengths)} sequences"
    demand(len(sequences.lengths) == len(examples), message)
    return sequences


def rows_of(sequences: Sequences) -> list[bytes]:
    """The symbols, appearance and facts of each sequence, as one value per sequence.

    Padding is left out, because it may depend on the longest sequence of the batch.
    """
    symbols = symbols_of(sequences)
    appearance = {
        field.name: values
        for field in fields(sequences.appearance)
        if (values := getattr(sequences.appearance, field.name)) is not None
    }
    return [
        b"|".join(
            [
                symbols[row],
                *(name.encode() + of[row, :length].tobytes() for name, of in appearance.items()),
                # As text: the bytes of a word depend on the longest word of its array.
                *(f"{name}={of[row]}".encode() for name, of in sequences.facts.items()),
            ]
        )
        for row, length in enumerate(sequences.lengths.tolist())
    ]


def symbols_of(sequences: Sequences) -> list[bytes]:
    """The shown symbols and the answer of each sequence, as one value."""
    lengths = sequences.lengths.tolist()
    return [sequences.symbols[row, : length + 1].tobytes() for row, length in enumerate(lengths)]


def drawn_rows(generator: SequenceGenerator, stream: Stream, examples: Integers) -> list[bytes]:
    """`rows_of` the sequences that are drawn for *examples*."""
    return rows_of(drawn(generator, stream, examples))
