"""Laws 4 and 5: what is drawn is what is declared, and nothing but the rule gives the answer."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.audit.findings import (
    Check,
    CheckResult,
    noted,
    passed,
    percent,
    skipped,
    violated,
)
from seqreason.evaluation.audit.shortcuts import answer_needs_the_sequence, answer_needs_the_symbols
from seqreason.evaluation.audit.target import AuditTarget
from seqreason.evaluation.ceiling import ceiling_accuracy
from seqreason.statistics.chance import fit
from seqreason.structures.sequences import PADDING

_RISK: Final = 1e-6
_CANNOT: Final = "the generator cannot enumerate what it draws"


def alphabet_check(target: AuditTarget) -> Check:
    """The check that the others rest on: drawn symbols are symbols."""
    return target.check("symbols", 4, lambda: _of_the_alphabet(target))


def rule_checks(target: AuditTarget) -> list[Check]:
    """The checks of a target's rule, given that its symbols are of the alphabet."""
    return [
        target.check("drawn-as-declared", 5, lambda: _as_declared(target)),
        target.check("ceiling", 5, lambda: _ceiling(target)),
        target.check("balance", 4, lambda: _balance(target)),
        target.check("shortcuts", 4, lambda: answer_needs_the_sequence(target)),
        target.check("appearance", 4, lambda: answer_needs_the_symbols(target)),
    ]


def _of_the_alphabet(target: AuditTarget) -> CheckResult:
    """Violated if a symbol is outside the alphabet, or something follows the answer."""
    sequences, size = target.sequences, target.bank.alphabet.size
    symbols, time = sequences.symbols, sequences.symbols.shape[1] - 1
    lengths = sequences.lengths
    if lengths.min() < 1 or lengths.max() > time:
        return violated(
            f"a sequence has {lengths.min()} … {lengths.max()} symbols to show where there is "
            f"room for 1 … {time}"
        )
    is_used = np.arange(time + 1) <= lengths[:, None]
    is_strange = is_used & ((symbols < 0) | (symbols >= size))
    if is_strange.any():
        example, position = np.argwhere(is_strange)[0].tolist()
        return violated(
            f"{is_strange.any(axis=1).sum():,} of {len(symbols):,} sequences have a symbol that "
            f"is not one of 0 … {size - 1}, such as {symbols[example, position]} in "
            f"{_spelt(symbols[example])}",
            sequences=int(is_strange.any(axis=1).sum()),
        )
    if (symbols[~is_used] != PADDING).any():
        return violated(f"past the answer there must be padding ({PADDING}), and there is other")
    return passed(f"{len(symbols):,} drawn sequences are of the alphabet's {size} symbols")


def _as_declared(target: AuditTarget) -> CheckResult:
    """Violated if drawn sequences are not among the declared ones, or not as frequent."""
    possible, sequences = target.possible, target.sequences
    if possible is None:
        return skipped(_CANNOT)
    total = float(possible.probabilities.sum())
    if abs(total - 1) > _RISK:
        return violated(f"the declared probabilities have the sum {total:.6f}, not 1", sum=total)
    places = possible.places_of(sequences)
    strangers = np.flatnonzero(places < 0)
    if len(strangers):
        return violated(
            f"{len(strangers):,} of {len(places):,} drawn sequences are not among the declared, "
            f"such as {_spelt(sequences.symbols[strangers[0]])}",
            strangers=len(strangers),
        )
    counts = np.bincount(places, minlength=len(possible.symbols))
    p_value, num_cells = fit(counts, possible.probabilities * len(places))
    figures = {"p_value": p_value, "cells": num_cells, "declared": len(counts)}
    if p_value < _RISK:
        return violated(
            f"drawn sequences are not as frequent as declared (chi-square over {num_cells} cells, "
            f"p = {p_value:.1g})",
            **figures,
        )
    return passed(
        f"{len(places):,} drawn sequences are among the {len(counts):,} declared, and as frequent "
        f"(p = {p_value:.2g})",
        **figures,
    )


def _ceiling(target: AuditTarget) -> CheckResult:
    """Noted if some prefix has several continuations: no model can then always be right."""
    ceiling, possible = ceiling_accuracy(target.generator), target.possible
    if ceiling is None or possible is None:
        return skipped(_CANNOT)
    ambiguous = possible.ambiguous_share()
    figures = {"ceiling_accuracy": ceiling, "ambiguous_share": ambiguous}
    if ambiguous > 0:
        return noted(
            f"{percent(ambiguous)} of sequences can go on in more than one way, so no model can be "
            f"right more often than {percent(ceiling)}",
            **figures,
        )
    return passed("every sequence goes on in one way: the ceiling is 100 %", **figures)


def _balance(target: AuditTarget) -> CheckResult:
    """Noted if some symbol is never shown or never the answer."""
    sequences, alphabet = target.sequences, target.bank.alphabet
    found: list[str] = []
    figures: dict[str, Any] = {}
    shown = sequences.symbols[:, :-1][sequences.is_shown]
    for name, values in {"shown": shown, "answer": sequences.answers}.items():
        shares = np.bincount(values, minlength=alphabet.size) / len(values)
        least, most = int(shares.argmin()), int(shares.argmax())
        never = [alphabet.symbols[index] for index in np.flatnonzero(shares == 0)]
        found.append(
            f"{name}: most often {alphabet.symbols[most]} ({percent(shares[most])}), least "
            f"{alphabet.symbols[least]} ({percent(shares[least])})"
            + (f", never {' '.join(never)}" if never else "")
        )
        figures[name] = dict(zip(alphabet.symbols, shares.tolist(), strict=True))
        figures[f"never_{name}"] = never
    is_whole = not (figures["never_shown"] or figures["never_answer"])
    return (passed if is_whole else noted)("; ".join(found), **figures)


def _spelt(symbols: NDArray[np.int64]) -> str:
    """A drawn sequence as it was drawn, `[0 2 4 | 6]`, without what pads it."""
    *shown, answer = symbols[symbols != PADDING].tolist()
    return f"[{' '.join(map(str, shown))} | {answer}]"
