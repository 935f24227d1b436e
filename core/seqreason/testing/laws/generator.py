"""The laws of sequence generators."""

import pickle
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.structures.sequences import Sequences
from seqreason.testing.demands import BrokenLawError, demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.generators.case import (
    GeneratorCase,
    drawn,
    drawn_rows,
    generator_cases,
    made,
    rows_of,
)
from seqreason.testing.laws.generators.contents import SHOWING_LAWS
from seqreason.testing.laws.generators.enumeration import ENUMERATION_LAWS
from seqreason.testing.laws.generators.streams import STREAM_LAWS
from seqreason.testing.laws.process.global_generators import global_generators_at
from seqreason.testing.laws.settings import check_settings_are_honest
from seqreason.testing.subject import Subject, can_be_made

_FOUNDATION: Final = (
    "construction",
    "sequence-count",
    "global-randomness",
    "draw-repeatability",
)
# Enough for a setting that changes one frame in a hundred to be seen.
_NUM_FOR_HONESTY: Final = 300


def construction(subject: Subject, case: GeneratorCase) -> None:
    """It is made for any alphabet, or refuses with a reason."""
    can_be_made(subject, case.settings, case.context)


def sequence_count(subject: Subject, case: GeneratorCase) -> None:
    """Any number of indices, none and one included, gives as many sequences of 1 symbol or more."""
    generator = made(subject, case)
    for count in (case.count, 1, 0):
        _check_arrays(drawn(generator, case.stream(), case.examples(count)))


def global_randomness(subject: Subject, case: GeneratorCase) -> None:
    """It neither draws from nor seeds what all share: `random`, numpy's and torch's generators."""
    first, other = (_rows_at_state(subject, case, state) for state in (1, 2))
    # One that draws otherwise each time that it is made breaks another law.
    if other != first and _rows_at_state(subject, case, 1) == first:
        raise BrokenLawError("what it draws depends on a global generator's state")


def draw_repeatability(subject: Subject, case: GeneratorCase) -> None:
    """The same stream and indices give the same again, whatever was drawn in between."""
    generator, stream = made(subject, case), case.stream()
    first = drawn(generator, stream, case.examples(8))
    rows = rows_of(first)
    drawn(generator, case.stream(seed_step=1), case.examples(8) + 8)
    demand(rows_of(first) == rows, "what it gave was changed when it drew again: give new arrays")
    again = drawn_rows(generator, stream, case.examples(8))
    demand(again == rows, "the same examples came out otherwise when they were drawn again")


def instance_repeatability(subject: Subject, case: GeneratorCase) -> None:
    """Another one that is made from the same settings draws the same."""
    one, other = (
        drawn_rows(made(subject, case), case.stream(), case.examples(8)) for _ in range(2)
    )
    demand(one == other, "two that were made from the same settings draw differently")


def input_immutability(subject: Subject, case: GeneratorCase) -> None:
    """The array of indices that it is given is not written to."""
    generator, examples = made(subject, case), case.examples(8)
    generator.draw(case.stream(), examples)
    demand(np.array_equal(examples, case.examples(8)), "the array of indices was changed in place")


def pickle_roundtrip(subject: Subject, case: GeneratorCase) -> None:
    """Pickled and loaded again, as on its way to a loader's worker, it draws the same."""
    generator = made(subject, case)
    loaded = pickle.loads(pickle.dumps(generator))  # noqa: S301  # it was pickled right here
    one, other = (drawn_rows(each, case.stream(), case.examples(8)) for each in (generator, loaded))
    demand(one == other, "after pickling it draws differently")


def setting_effects(subject: Subject, case: GeneratorCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""
    examples = case.examples(_NUM_FOR_HONESTY)

    def behaviour(settings: dict[str, Any]) -> bytes:
        generator = made(subject, case.model_copy(update={"settings": settings}))
        return b"\n".join([*drawn_rows(generator, case.stream(), examples), *_listed(generator)])

    check_settings_are_honest(subject, behaviour)


def _rows_at_state(subject: Subject, case: GeneratorCase, state: int) -> list[bytes]:
    made(subject, case)
    plugin: Any = subject.registration.plugin
    with global_generators_at(state) as moved:
        # Not by the subject, which seeds torch for plug-ins that draw their weights from it.
        generator = plugin(subject.config(case.settings), case.context)
        rows = drawn_rows(generator, case.stream(), case.examples(8))
        message = f"it draws from or seeds {moved()}: draw from children of the stream instead"
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
    """What it says of its lengths and lists of the shortest, where it does."""
    if not isinstance(generator, EnumerableGenerator):
        return []
    lengths = generator.length_probabilities()
    listed = generator.hypotheses(min(lengths))
    text = repr(sorted(lengths.items())).encode()
    return [text, listed.symbols.tobytes(), listed.probabilities.tobytes()]


_OWN: Final[tuple[Callable[[Subject, GeneratorCase], None], ...]] = (
    instance_repeatability,
    input_immutability,
    pickle_roundtrip,
)
GENERATOR_LAWS: Final = KindLaws(
    "generator",
    GeneratorCase,
    generator_cases,
    (
        Law.of(construction),
        Law.of(sequence_count, needs=_FOUNDATION[:1]),
        Law.of(global_randomness, needs=_FOUNDATION[:2]),
        Law.of(draw_repeatability, needs=_FOUNDATION[:3]),
        *(Law.of(check, needs=_FOUNDATION) for check in _OWN),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in STREAM_LAWS.items()),
        *(Law.of(check, needs=_FOUNDATION) for check in SHOWING_LAWS),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in ENUMERATION_LAWS.items()),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
