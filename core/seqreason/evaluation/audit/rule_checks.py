"""Laws 4 and 5: drawn sequences are as declared, and only the rule gives the answer."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.audit.findings import (
    CANNOT_ENUMERATE,
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


def alphabet_check(target: AuditTarget) -> Check:
    """The check that the others depend on: drawn symbols are in the alphabet."""
    return target.check("symbols", 4, lambda: _of_the_alphabet(target))


def rule_checks(target: AuditTarget) -> list[Check]:
    """The checks of a target's rule, if its symbols are in the alphabet."""
    return [
        target.check("drawn-as-declared", 5, lambda: _as_declared(target)),
        target.check("ceiling", 5, lambda: _ceiling(target)),
        target.check("balance", 4, lambda: _balance(target)),
        target.check("shortcuts", 4, lambda: answer_needs_the_sequence(target)),
        target.check("appearance", 4, lambda: answer_needs_the_symbols(target)),
    ]


def _of_the_alphabet(target: AuditTarget) -> CheckResult:
    """Violated if a symbol is not in the alphabet, or if a symbol follows the answer."""
    sequences, size = target.sequences, target.bank.alphabet.size
    symbols, time = sequences.symbols, sequences.symbols.shape[1] - 1
    lengths = sequences.lengths
    if lengths.min() < 1 or lengths.max() > time:
        return violated(
            f"sequences have {lengths.min()} … {lengths.max()} shown symbols, but `symbols` has "
            f"room for 1 … {time}"
        )
    is_used = np.arange(time + 1) <= lengths[:, None]
    is_outside = is_used & ((symbols < 0) | (symbols >= size))
    if is_outside.any():
        example, position = np.argwhere(is_outside)[0].tolist()
        return violated(
            f"{is_outside.any(axis=1).sum():,} of {len(symbols):,} sequences have a symbol that "
            f"is not one of 0 … {size - 1}, such as {symbols[example, position]} in "
            f"{_spelt(symbols[example])}",
            sequences=int(is_outside.any(axis=1).sum()),
        )
    if (symbols[~is_used] != PADDING).any():
        return violated(f"symbols after the answer must be padding ({PADDING}), and some are not")
    return passed(f"all symbols of {len(symbols):,} drawn sequences are in the alphabet of {size}")


def _as_declared(target: AuditTarget) -> CheckResult:
    """Violated if drawn sequences are not among the declared ones, or not as frequent."""
    possible, sequences = target.possible, target.sequences
    if possible is None:
        return skipped(CANNOT_ENUMERATE)
    total = float(possible.probabilities.sum())
    if abs(total - 1) > _RISK:
        return violated(f"the declared probabilities sum to {total:.6f}, not 1", sum=total)
    places = possible.places_of(sequences)
    undeclared = np.flatnonzero(places < 0)
    if len(undeclared):
        return violated(
            f"{len(undeclared):,} of {len(places):,} drawn sequences are not declared, such as "
            f"{_spelt(sequences.symbols[undeclared[0]])}",
            strangers=len(undeclared),
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
        f"{len(places):,} drawn sequences are among the {len(counts):,} declared ones, and as "
        f"frequent (p = {p_value:.2g})",
        **figures,
    )


def _ceiling(target: AuditTarget) -> CheckResult:
    """Noted if a prefix has several continuations, so that no model can always be right."""
    ceiling, possible = ceiling_accuracy(target.generator), target.possible
    if ceiling is None or possible is None:
        return skipped(CANNOT_ENUMERATE)
    ambiguous = possible.ambiguous_share()
    figures = {"ceiling_accuracy": ceiling, "ambiguous_share": ambiguous}
    if ambiguous > 0:
        return noted(
            f"{percent(ambiguous)} of sequences can continue in more than one way, so no model can "
            f"be right more often than {percent(ceiling)}",
            **figures,
        )
    return passed("every sequence continues in one way only: the ceiling is 100 %", **figures)


def _balance(target: AuditTarget) -> CheckResult:
    """Noted if a symbol is never shown or never the answer."""
    sequences, alphabet = target.sequences, target.bank.alphabet
    clauses: list[str] = []
    figures: dict[str, Any] = {}
    shown = sequences.symbols[:, :-1][sequences.is_shown]
    for name, values in {"shown": shown, "answer": sequences.answers}.items():
        shares = np.bincount(values, minlength=alphabet.size) / len(values)
        least, most = int(shares.argmin()), int(shares.argmax())
        never = [alphabet.symbols[index] for index in np.flatnonzero(shares == 0)]
        clauses.append(
            f"{name}: most often {alphabet.symbols[most]} ({percent(shares[most])}), least "
            f"{alphabet.symbols[least]} ({percent(shares[least])})"
            + (f", never {' '.join(never)}" if never else "")
        )
        figures[name] = dict(zip(alphabet.symbols, shares.tolist(), strict=True))
        figures[f"never_{name}"] = never
    is_whole = not (figures["never_shown"] or figures["never_answer"])
    return (passed if is_whole else noted)("; ".join(clauses), **figures)


def _spelt(symbols: NDArray[np.int64]) -> str:
    """A drawn sequence without its padding: `[0 2 4 | 6]`."""
    *shown, answer = symbols[symbols != PADDING].tolist()
    return f"[{' '.join(map(str, shown))} | {answer}]"
