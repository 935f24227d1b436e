"""Laws of generators that enumerate their sequences: they draw exactly what they list."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seqreason.interfaces import EnumerableGenerator
from seqreason.statistics.chance import fit, pooled
from seqreason.structures.sequences import Hypotheses, Sequences
from seqreason.testing.demands import BrokenLawError, demand
from seqreason.testing.law import LawCheck
from seqreason.testing.laws.generators.case import GeneratorCase, drawn, enumerable
from seqreason.testing.subject import Subject

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_NUM_DRAWN: Final = 4000
# What is drawn as declared is further off than that once in a million checks.
_LEAST_P_VALUE: Final = 1e-6
# The chi-square distribution is that of the statistic where this many are expected in a cell.
_LEAST_EXPECTED: Final = 10
_ROUNDING: Final = 1e-6


def length_distribution(subject: Subject, case: GeneratorCase) -> None:
    """The shares of its lengths, all at least 1, are not negative and sum to 1."""
    shares = enumerable(subject, case).length_probabilities()
    _check_probabilities(np.array(list(shares.values()), dtype=np.float64), "shares of lengths")
    demand(min(shares) >= 1, f"a length is 1 or more, got {min(shares)}")


def hypothesis_distribution(subject: Subject, case: GeneratorCase) -> None:
    """For each length it lists sequences of the alphabet, with probabilities that sum to 1."""
    generator = enumerable(subject, case)
    for length in generator.length_probabilities():
        listed = _listed(generator, length)
        where = f"hypotheses({length})"
        _check_probabilities(listed.probabilities, f"{where}: probabilities")
        width = listed.symbols.shape[1]
        demand(width == length + 1, f"{where}: expected {length + 1} symbols a row, got {width}")
        fits = ((listed.symbols >= 0) & (listed.symbols < case.alphabet_size)).all()
        demand(fits, f"{where}: symbols must be 0 … {case.alphabet_size - 1}")


def hypothesis_coverage(subject: Subject, case: GeneratorCase) -> None:
    """Every sequence that it draws is in its list for that length."""
    generator, sequences = _many(subject, case)
    shares = generator.length_probabilities()
    for length in np.unique(sequences.lengths).tolist():
        message = f"it draws length {length}, of which it declares no share"
        demand(shares.get(length, 0) > 0, message)
        observed = _of_length(sequences, length)
        probabilities, counts = _matched(_listed(generator, length), observed)
        places = np.flatnonzero((counts > 0) & (probabilities <= 0))
        if len(places):
            row = _distinct(_listed(generator, length).symbols, observed)[0][places[0]]
            raise BrokenLawError(f"it draws {row.tolist()}, which hypotheses({length}) lacks")


def draw_frequencies(subject: Subject, case: GeneratorCase) -> None:
    """Lengths and sequences are drawn as often as declared, by a chi-square test."""
    generator, sequences = _many(subject, case)
    shares = generator.length_probabilities()
    lengths = sorted(shares)
    counts = np.array([(sequences.lengths == length).sum() for length in lengths])
    declared = np.array([shares[length] for length in lengths], dtype=np.float64)
    _check_agreement(counts, declared, "lengths")
    for length in np.array(lengths)[counts > 0].tolist():
        observed = _of_length(sequences, length)
        probabilities, counts_of_rows = _matched(_listed(generator, length), observed)
        _check_agreement(counts_of_rows, probabilities, f"sequences of length {length}")


def _many(subject: Subject, case: GeneratorCase) -> tuple[EnumerableGenerator, Sequences]:
    generator = enumerable(subject, case)
    return generator, drawn(generator, case.stream(), case.examples(_NUM_DRAWN))


def _listed(generator: EnumerableGenerator, length: int) -> Hypotheses:
    listed: object = generator.hypotheses(length)
    if not isinstance(listed, Hypotheses):
        message = f"hypotheses({length}) must return Hypotheses, got {type(listed).__name__}"
        raise BrokenLawError(message)
    return listed


def _of_length(sequences: Sequences, length: int) -> Integers:
    return sequences.symbols[sequences.lengths == length, : length + 1]


def _check_probabilities(values: Floats, message: str) -> None:
    demand(
        len(values) and np.isfinite(values).all(), f"{message}: there are none, or not all finite"
    )
    demand((values >= 0).all(), f"{message}: none may be below 0, got {values.min()}")
    total = float(values.sum())
    demand(abs(total - 1) < _ROUNDING, f"{message}: they must sum to 1, got {total:.9g}")


def _distinct(listed: Integers, observed: Integers) -> tuple[Integers, Integers]:
    """The different rows of both, and which of them each row is, those of *listed* first."""
    rows = np.ascontiguousarray(np.concatenate([listed, observed]), dtype=np.int64)
    # Rows as single values: they are compared as bytes, which is quicker than by columns.
    values = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    _, first, place = np.unique(values, return_index=True, return_inverse=True)
    return rows[first], place


def _matched(listed: Hypotheses, observed: Integers) -> tuple[Floats, Integers]:
    """The probability of each different sequence, 0 for one not listed, and how often it occurs.

    Two rules may give one sequence, so it may be listed twice.
    """
    rows, place = _distinct(listed.symbols, observed)
    count = len(listed.symbols)
    probabilities = np.zeros(len(rows))
    np.add.at(probabilities, place[:count], listed.probabilities)
    counts = np.zeros(len(rows), dtype=np.int64)
    np.add.at(counts, place[count:], 1)
    return probabilities, counts


def _check_agreement(counts: Integers, declared: Floats, message: str) -> None:
    expected = declared / declared.sum() * counts.sum()
    order = np.argsort(expected, kind="stable")
    came, wanted = pooled(counts[order], expected[order], least_expected=_LEAST_EXPECTED)
    p_value = fit(came, wanted).p_value
    farthest = int(np.argmax((came - wanted) ** 2 / wanted))
    demand(
        p_value >= _LEAST_P_VALUE,
        f"{message} are not drawn as often as declared (p = {p_value:.2g}): one in particular is "
        f"expected {wanted[farthest]:.0f} times in {counts.sum()}, and came {came[farthest]} times",
    )


ENUMERATION_LAWS: Final[dict[LawCheck, tuple[str, ...]]] = {
    length_distribution: (),
    hypothesis_distribution: ("length-distribution",),
    hypothesis_coverage: ("alphabet-range", "hypothesis-distribution"),
    draw_frequencies: ("example-distinctness", "hypothesis-coverage"),
}
