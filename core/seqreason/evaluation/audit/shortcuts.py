"""Law 4: no shortcut replaces reasoning, neither in the symbols nor in how frames look."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.audit.findings import (
    CANNOT_ENUMERATE,
    CheckResult,
    noted,
    passed,
    percent,
    skipped,
    violated,
)
from seqreason.evaluation.audit.possible import Possible
from seqreason.evaluation.audit.target import AuditTarget
from seqreason.evaluation.ceiling import ceiling_accuracy
from seqreason.statistics.chance import independence
from seqreason.structures.sequences import Sequences

_NOTICEABLE: Final = 0.01
_ROUNDING: Final = 1e-9
_RISK: Final = 1e-9
_NUM_BINS: Final = 5


def answer_needs_the_sequence(target: AuditTarget) -> CheckResult:
    """Violated if the best possible accuracy needs no symbol, or the last one alone.

    Both accuracies are enumerated. It is no fault if no answer can beat chance by more than 1 %, as
    with sequences of noise. It is only noted if each *shown* symbol also follows from the one
    before, as with a single common difference: the author of that rule asked for no more. It is a
    violation if the answer alone follows from the symbol before it. The sequence then suggests a
    rule that the answer does not need.
    """
    possible, ceiling = target.possible, ceiling_accuracy(target.generator)
    if possible is None or ceiling is None:
        return skipped(CANNOT_ENUMERATE)
    chance = 1 / target.bank.alphabet.size
    nothing = best_accuracy(np.zeros_like(possible.answers), possible)
    last = best_accuracy(possible.last_shown, possible)
    accuracies = (
        f"without any symbol {percent(nothing)}, from the last symbol alone {percent(last)}, "
        f"ceiling {percent(ceiling)}"
    )
    figures = {"nothing": nothing, "last_symbol": last, "ceiling_accuracy": ceiling}
    if ceiling <= chance + _NOTICEABLE:
        return noted(f"there is nothing to reason about: {accuracies}", **figures)
    if nothing >= ceiling - _ROUNDING:
        return violated(f"the best answer is always the same: {accuracies}", **figures)
    if last < ceiling - _ROUNDING:
        return passed(f"best accuracy {accuracies}", **figures)
    if _needs_one_symbol(possible, last):
        return noted(f"the rule itself needs one symbol only: {accuracies}", **figures)
    return violated(f"the last symbol alone gives the answer: {accuracies}", **figures)


def best_accuracy(known: NDArray[np.int64], possible: Possible) -> float:
    """How often the best answer is right if only *known*, shape (rows,), is known of a sequence.

    It is Σ over known values of max over answers of P(known, answer).
    """
    return _best(known, possible.answers, possible.probabilities)


def _best(
    known: NDArray[np.int64], answers: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    joint = np.zeros((known.max() + 1, answers.max() + 1))
    np.add.at(joint, (known, answers), weights)
    return float(joint.max(axis=1).sum() / weights.sum())


def _needs_one_symbol(possible: Possible, last: float) -> bool:
    """Whether shown symbols follow from those before them as often as the answer does."""
    before, after = possible.symbols[:, :-1], possible.symbols[:, 1:]
    is_pair = np.arange(1, possible.symbols.shape[1]) < possible.lengths[:, None]
    if not is_pair.any():
        return True
    weights = np.broadcast_to(possible.probabilities[:, None], before.shape)[is_pair]
    return _best(before[is_pair], after[is_pair], weights) >= last - _NOTICEABLE


def answer_needs_the_symbols(target: AuditTarget) -> CheckResult:
    """Violated if the answer depends on how the first or the last frame looks.

    Chi-square tests compare the answer with the background and with each amount, in five equally
    frequent bins. Lengths are not tested, because the answer may depend on them: a long sequence
    has room for small steps only.
    """
    sequences = target.sequences
    tests = {
        name: independence(bins, sequences.answers)
        for name, bins in _appearance_parts(sequences)
        if len(np.unique(bins)) > 1
    }
    if not tests:
        return skipped("all frames look the same")
    p_values = {name: test.p_value for name, test in tests.items()}
    dependent = [name for name, p_value in p_values.items() if p_value < _RISK]
    if dependent:
        least = min(p_values[name] for name in dependent)
        return violated(
            f"the answer depends on the {' and the '.join(dependent)} (p = {least:.1g}): "
            "it can be guessed without reading a symbol",
            dependent=dependent,
            p_values=p_values,
        )
    return passed(
        f"the answer does not depend on how the first or last frame looks ({len(tests)} tests)",
        p_values=p_values,
    )


def _appearance_parts(sequences: Sequences) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each part of the first and last frame's appearance with its value or bin, (sequences,)."""
    places = {"first": np.zeros_like(sequences.lengths), "last": sequences.lengths - 1}
    rows = np.arange(len(sequences.lengths))
    for which, position in places.items():
        for name, values in vars(sequences.appearance).items():
            if values is None:
                continue
            if name == "inverted":
                yield f"{which} frame's background", values[rows, position]
                continue
            columns = values[rows, position].reshape(len(rows), -1).T
            for number, column in enumerate(columns):
                suffix = f" {number + 1}" if len(columns) > 1 else ""
                yield f"{which} frame's {name.replace('_', ' ')}{suffix}", _binned(column)


def _binned(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """The bin of each value, out of a few equally frequent ones."""
    edges = np.unique(np.quantile(values, np.arange(1, _NUM_BINS) / _NUM_BINS))
    return np.asarray(np.searchsorted(edges, values, side="right"))
