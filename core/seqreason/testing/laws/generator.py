"""The laws of sequence generators."""

from typing import Any, Final

import numpy as np

from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.structures.sequences import Sequences
from seqreason.testing.demands import BrokenLawError, demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.generators.case import (
    CASE_FIELDS,
    GeneratorCase,
    drawn,
    drawn_rows,
    made,
    rows_of,
)
from seqreason.testing.laws.generators.contents import CONTENTS_LAWS
from seqreason.testing.laws.generators.enumeration import ENUMERATION_LAWS
from seqreason.testing.laws.generators.streams import STREAM_LAWS
from seqreason.testing.laws.process.global_generators import global_generators_at
from seqreason.testing.laws.process.pickling import pickled
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "sequence-count", "global-randomness", "draw-repeatability")
# Enough to notice a setting that changes one frame in a hundred.
_NUM_FOR_EFFECTS: Final = 300


def construction(subject: Subject, case: GeneratorCase) -> None:
    """It can be made for any alphabet, or refuses with a reason."""
    subject.make(case.settings, case.context)


def sequence_count(subject: Subject, case: GeneratorCase) -> None:
    """Any number of indices, even 0 or 1, gives as many sequences of 1 symbol or more."""
    generator = made(subject, case)
    for count in (case.count, 1, 0):
        _check_arrays(drawn(generator, case.stream(), case.examples(count)))


def global_randomness(subject: Subject, case: GeneratorCase) -> None:
    """It neither uses nor seeds the global generators of `random`, numpy and torch."""
    first, other = (_rows_at_state(subject, case, state) for state in (1, 2))
    # A generator whose instances draw differently breaks another law.
    if other != first and _rows_at_state(subject, case, 1) == first:
        raise BrokenLawError("its sequences depend on the state of a global generator")


def draw_repeatability(subject: Subject, case: GeneratorCase) -> None:
    """Equal streams and indices give equal sequences, whatever was drawn in between."""
    generator, stream = made(subject, case), case.stream()
    first = drawn(generator, stream, case.examples(8))
    rows = rows_of(first)
    drawn(generator, case.stream(seed_step=1), case.examples(8) + 8)
    demand(rows_of(first) == rows, "a later draw changed earlier sequences: return new arrays")
    again = drawn_rows(generator, stream, case.examples(8))
    demand(again == rows, "the same examples differ when they are drawn again")


def instance_repeatability(subject: Subject, case: GeneratorCase) -> None:
    """Two instances with the same settings draw the same sequences."""
    one, other = (
        drawn_rows(made(subject, case), case.stream(), case.examples(8)) for _ in range(2)
    )
    demand(one == other, "two instances with the same settings draw different sequences")


def input_immutability(subject: Subject, case: GeneratorCase) -> None:
    """It does not write to the array of indices."""
    generator, examples = made(subject, case), case.examples(8)
    generator.draw(case.stream(), examples)
    demand(np.array_equal(examples, case.examples(8)), "the array of indices was changed in place")


def pickle_roundtrip(subject: Subject, case: GeneratorCase) -> None:
    """After pickling and unpickling, as for a worker process, it draws the same sequences."""
    generator = made(subject, case)
    both = (generator, pickled(generator))
    one, other = (drawn_rows(each, case.stream(), case.examples(8)) for each in both)
    demand(one == other, "it draws different sequences after pickling")


def setting_effects(subject: Subject, case: GeneratorCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""
    examples = case.examples(_NUM_FOR_EFFECTS)

    def behaviour(settings: dict[str, Any]) -> bytes:
        generator = made(subject, case.model_copy(update={"settings": settings}))
        return b"\n".join([*drawn_rows(generator, case.stream(), examples), *_listed(generator)])

    check_setting_effects(subject, behaviour)


def _rows_at_state(subject: Subject, case: GeneratorCase, state: int) -> list[bytes]:
    made(subject, case)  # which skips a case that the plug-in refuses
    plugin: Any = subject.registration.plugin
    with global_generators_at(state) as moved:
        # Not made by the subject, which seeds torch for plug-ins that draw weights.
        generator = plugin(subject.config(case.settings), case.context)
        rows = drawn_rows(generator, case.stream(), case.examples(8))
        message = f"it uses or seeds {moved()}: draw from children of the stream instead"
        demand(not moved(), message)
    return rows


def _check_arrays(sequences: Sequences) -> None:
    for name in ("symbols", "lengths"):
        dtype = getattr(sequences, name).dtype
        demand(dtype == np.int64, f"{name} must be of int64, got {dtype}")
    time = sequences.symbols.shape[1] - 1
    lengths = sequences.lengths
    fits = ((lengths >= 1) & (lengths <= time)).all()
    message = f"lengths must be 1 … {time}, for symbols of shape {sequences.symbols.shape}"
    demand(fits, f"{message}, got {sorted(set(lengths.tolist()))}")


def _listed(generator: SequenceGenerator) -> list[bytes]:
    """Its length probabilities and shortest hypotheses, if it is enumerable."""
    if not isinstance(generator, EnumerableGenerator):
        return []
    lengths = generator.length_probabilities()
    listed = generator.hypotheses(min(lengths))
    text = repr(sorted(lengths.items())).encode()
    return [text, listed.symbols.tobytes(), listed.probabilities.tobytes()]


_OWN: Final = (instance_repeatability, input_immutability, pickle_roundtrip)
GENERATOR_LAWS: Final = KindLaws(
    "generator",
    GeneratorCase,
    CASE_FIELDS,
    (
        Law.of(construction),
        Law.of(sequence_count, needs=_FOUNDATION[:1]),
        Law.of(global_randomness, needs=_FOUNDATION[:2]),
        Law.of(draw_repeatability, needs=_FOUNDATION[:3]),
        *(Law.of(check, needs=_FOUNDATION) for check in _OWN),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in STREAM_LAWS.items()),
        *(Law.of(check, needs=_FOUNDATION) for check in CONTENTS_LAWS),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in ENUMERATION_LAWS.items()),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
