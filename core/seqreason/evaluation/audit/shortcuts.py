"""Law 4: no shortcut passes for reasoning, be it through the symbols or past them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.audit.findings import (
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
    """Violated if what sees nothing, or only the last symbol, answers as well as can be.

    Both are worked out by enumeration. There is no fault where nothing can beat chance by more
    than 1 %, as for sequences that are noise. Nor where the rule itself goes by one symbol: with
    a single common difference each *shown* symbol too follows from the one before, so whoever
    chose that rule asked for no more, and it is noted. It is a violation where the shown symbols do
    not follow so and yet the answer does: the sequence then hints at a rule that the answer
    does not need.
    """
    possible, ceiling = target.possible, ceiling_accuracy(target.generator)
    if possible is None or ceiling is None:
        return skipped("the generator cannot enumerate what it draws")
    chance = 1 / target.bank.alphabet.size
    nothing = best_accuracy(np.zeros_like(possible.answers), possible)
    last = best_accuracy(possible.last_shown, possible)
    message = (
        f"seeing nothing {percent(nothing)}, seeing only the last symbol {percent(last)}, ceiling "
        f"{percent(ceiling)}"
    )
    figures = {"nothing": nothing, "last_symbol": last, "ceiling_accuracy": ceiling}
    if ceiling <= chance + _NOTICEABLE:
        return noted(f"there is nothing to reason about: {message}", **figures)
    if nothing >= ceiling - _ROUNDING:
        return violated(f"the best answer is always the same: {message}", **figures)
    if last < ceiling - _ROUNDING:
        return passed(f"best accuracy {message}", **figures)
    if _goes_by_one_symbol(possible, last):
        return noted(f"the rule itself goes by one symbol: {message}", **figures)
    return violated(f"the last symbol alone gives the answer: {message}", **figures)


def best_accuracy(seen: NDArray[np.int64], possible: Possible) -> float:
    """How often the best answer to what is *seen*, shape (rows,), is right."""
    return _best(seen, possible.answers, possible.probabilities)


def _best(
    seen: NDArray[np.int64], answers: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    joint = np.zeros((seen.max() + 1, answers.max() + 1))
    np.add.at(joint, (seen, answers), weights)
    return float(joint.max(axis=1).sum() / weights.sum())


def _goes_by_one_symbol(possible: Possible, last: float) -> bool:
    """Whether shown symbols follow from those before them as often as the answer does."""
    before, after = possible.symbols[:, :-1], possible.symbols[:, 1:]
    is_pair = np.arange(1, possible.symbols.shape[1]) < possible.lengths[:, None]
    if not is_pair.any():
        return True
    weights = np.broadcast_to(possible.probabilities[:, None], before.shape)[is_pair]
    return _best(before[is_pair], after[is_pair], weights) >= last - _NOTICEABLE


def answer_needs_the_symbols(target: AuditTarget) -> CheckResult:
    """Violated if the answer depends on how the first or the last frame is shown.

    By chi-square: background, and each amount in five equally frequent bins, against the answer.
    Nothing here looks at lengths, which may tell of the answer by right: a long sequence has
    room for small steps only.
    """
    sequences = target.sequences
    tests = {
        name: independence(bins, sequences.answers)
        for name, bins in _looks(sequences)
        if len(np.unique(bins)) > 1
    }
    if not tests:
        return skipped("every frame is shown alike")
    p_values = {name: test.p_value for name, test in tests.items()}
    telling = [name for name, p_value in p_values.items() if p_value < _RISK]
    if telling:
        worst = min(telling, key=lambda name: p_values[name])
        return violated(
            f"the answer depends on the {' and the '.join(telling)} (p = {p_values[worst]:.1g}): "
            "it can be guessed without reading a symbol",
            telling=telling,
            p_values=p_values,
        )
    return passed(
        f"the answer does not depend on how the first or last frame is shown ({len(tests)} tests)",
        p_values=p_values,
    )


def _looks(sequences: Sequences) -> Iterator[tuple[str, NDArray[Any]]]:
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
    """Which of a few equally frequent bins each value is in."""
    edges = np.unique(np.quantile(values, np.arange(1, _NUM_BINS) / _NUM_BINS))
    return np.asarray(np.searchsorted(edges, values, side="right"))
