"""Checking a plug-in: every law of its kind, in order, against what its author declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import torch

from seqreason.errors import nearest
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws import laws_of
from seqreason.testing.outcome import Conformity, Outcome, Verdict
from seqreason.testing.subject import Subject
from seqreason.testing.trying import Effort, try_law

Listener = Callable[[str, int, int], None]
DEFAULT_EFFORT: Final = Effort()


def no_listener(law: str, done: int, total: int) -> None:
    """Tell nobody."""


def check_plugin(
    subject: Subject, *, effort: Effort = DEFAULT_EFFORT, listener: Listener = no_listener
) -> Conformity:
    """How every law of its kind comes out for a plug-in.

    Args:
        listener: told of each law as it begins, with how many are done and how many there are.
    """
    kind = laws_of(subject.registration.kind)
    outcomes: list[Outcome] = []
    with _one_thread():
        for law in kind.laws:
            listener(law.name, len(outcomes), len(kind.laws))
            outcomes.append(check_law(law, kind, subject, effort=effort, before=outcomes))
    outcomes.extend(_stale_declarations(kind, subject))
    return Conformity(subject.registration, tuple(outcomes))


def check_law(
    law: Law, kind: KindLaws, subject: Subject, *, effort: Effort, before: list[Outcome]
) -> Outcome:
    """How one law comes out, after the outcomes *before* it."""
    missing = [out.law for out in before if out.law in law.needs and out.verdict != Verdict.KEPT]
    if missing:
        told = f"{missing[0]} does not hold, without which it cannot be tried"
        return Outcome(law.name, law.statement, Verdict.SKIPPED, told)
    return _as_declared(try_law(law, kind, subject, effort), subject)


@contextmanager
def _one_thread() -> Iterator[None]:
    """A block in which torch computes on one core: cases are too small to be shared out."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _as_declared(outcome: Outcome, subject: Subject) -> Outcome:
    """The outcome in the light of the failures that the author expects."""
    reason = subject.declared.expected_failures.get(outcome.law)
    if reason is None or outcome.verdict == Verdict.SKIPPED:
        return outcome
    if outcome.verdict == Verdict.BROKEN:
        return replace(outcome, verdict=Verdict.EXPECTED_FAILURE, told=reason)
    told = f"it is declared as an expected failure ({reason}), but holds: take it out"
    return replace(outcome, verdict=Verdict.BROKEN, told=told)


def _stale_declarations(kind: KindLaws, subject: Subject) -> Iterator[Outcome]:
    """A failure for each law that is expected to fail and does not exist."""
    known = [law.name for law in kind.laws]
    for name in subject.declared.expected_failures:
        if name not in known:
            told = f"there is no law {name!r} that could be expected to fail{nearest(name, known)}"
            statement = "Expected failures are declared of laws that there are."
            yield Outcome("declarations-are-of-laws", statement, Verdict.BROKEN, told)
