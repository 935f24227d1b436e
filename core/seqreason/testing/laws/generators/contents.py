"""Laws of the content of a generator's sequences: symbols, appearance of frames, and facts."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Final

import numpy as np

from seqreason.structures.sequences import PADDING, Sequences
from seqreason.testing.demands import demand
from seqreason.testing.laws.generators.case import GeneratorCase, drawn, made
from seqreason.testing.subject import Subject

_NUM_EXAMPLES: Final = 100


def alphabet_range(subject: Subject, case: GeneratorCase) -> None:
    """Shown symbols and the answer are in the alphabet; padding follows the answer."""
    sequences = _some(subject, case)
    places = np.arange(sequences.symbols.shape[1])
    is_used = places <= sequences.lengths[:, None]
    used, unused = sequences.symbols[is_used], sequences.symbols[~is_used]
    fits = ((used >= 0) & (used < case.alphabet_size)).all()
    message = f"symbols must be 0 … {case.alphabet_size - 1}, got {used.min()} … {used.max()}"
    demand(fits, message)
    others = sorted(set(unused.tolist()) - {PADDING})
    demand(not others, f"after the answer there must be PADDING, {PADDING}, got {others}")


def appearance_range(subject: Subject, case: GeneratorCase) -> None:
    """The appearance of frames is given by finite numbers within the bounds of `Appearance`."""
    sequences = _some(subject, case)
    inverted = sequences.appearance.inverted
    demand(inverted.dtype == np.bool_, f"inverted must be bool, got {inverted.dtype}")
    for part in fields(sequences.appearance):
        name, values = part.name, getattr(sequences.appearance, part.name)
        if values is None or values is inverted:
            continue
        shape = (*inverted.shape, *part.metadata["axes"])
        least, greatest = part.metadata["least"], part.metadata["greatest"]
        demand(values.shape == shape, f"{name} must have the shape {shape}, got {values.shape}")
        shown = values[sequences.is_shown]
        demand(np.isfinite(shown).all(), f"{name} must be finite everywhere")
        fits = ((shown >= least) & (shown <= greatest)).all()
        bounds = f"{least:g} … {greatest:g}"
        demand(fits, f"{name} must be {bounds}, got {shown.min():g} … {shown.max():g}")
    scale = sequences.appearance.scale
    demand(scale is None or (scale[sequences.is_shown] > 0).all(), "scale must be above 0, got 0")


def fact_types(subject: Subject, case: GeneratorCase) -> None:
    """Facts are whole numbers or words, and every batch has the same facts."""
    facts = _some(subject, case).facts
    for name, values in facts.items():
        message = f"the fact {name!r} must hold whole numbers or words, got {values.dtype}"
        demand(values.dtype.kind in "biuU", message)
    generator = made(subject, case)
    for count in (0, 1):
        names = set(drawn(generator, case.stream(), case.examples(count)).facts)
        demand(names == set(facts), f"{_listed(facts)} in one batch, {_listed(names)} in another")


def _some(subject: Subject, case: GeneratorCase) -> Sequences:
    return drawn(made(subject, case), case.stream(), case.examples(_NUM_EXAMPLES))


def _listed(names: Iterable[str]) -> str:
    return f"the facts are {', '.join(sorted(names)) or 'none'}"


CONTENTS_LAWS: Final = (alphabet_range, appearance_range, fact_types)
