"""Checking a plug-in: every law of its kind, in order, and what its author declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, final

import torch

from seqreason.errors import nearest
from seqreason.testing.law import KindLaws
from seqreason.testing.laws import laws_of
from seqreason.testing.outcome import Conformity, Outcome, Verdict
from seqreason.testing.subject import Subject
from seqreason.testing.trying import Effort, try_law

LawProgress = Callable[[str, int, int], None]
DEFAULT_EFFORT: Final = Effort()


def no_listener(law: str, done: int, total: int) -> None:
    """Ignore the progress."""


def check_plugin(
    subject: Subject, *, effort: Effort = DEFAULT_EFFORT, listener: LawProgress = no_listener
) -> Conformity:
    """The outcome of every law of its kind for a plug-in.

    Args:
        listener: gets each law's name as it begins, the number of laws done, and their total.
    """
    examination = Examination(subject, effort)
    names = examination.names
    for done, name in enumerate(names):
        listener(name, done, len(names))
        examination.outcome(name)
    return examination.conformity()


@final
class Examination:
    """The laws of one plug-in. Each is tried once, when its outcome is first asked for."""

    def __init__(self, subject: Subject, effort: Effort = DEFAULT_EFFORT) -> None:
        self.subject, self._effort = subject, effort
        self._laws = laws_of(subject.registration.kind)
        self._outcomes: dict[str, Outcome] = {
            stale.law: stale for stale in _stale_declarations(self._laws, subject)
        }

    @property
    def names(self) -> list[str]:
        """Every law of the plug-in's kind, then the unknown laws that its author declares."""
        names = [law.name for law in self._laws.laws]
        return [*names, *(name for name in self._outcomes if name not in names)]

    def outcome(self, name: str) -> Outcome:
        """The outcome of the law *name*. The laws that it needs are tried first."""
        if name not in self._outcomes:
            law = self._laws.find(name)
            missing = [n for n in law.needs if self.outcome(n).verdict != Verdict.KEPT]
            if missing:
                message = f"it needs the law {missing[0]}, which does not hold"
                tried = Outcome(law.name, law.statement, Verdict.SKIPPED, message)
            else:
                with _one_thread():
                    tried = try_law(law, self._laws, self.subject, self._effort)
            self._outcomes[name] = _as_declared(tried, self.subject)
        return self._outcomes[name]

    def conformity(self) -> Conformity:
        """The outcomes of all laws."""
        outcomes = [self.outcome(name) for name in self.names]
        return Conformity(self.subject.registration, tuple(outcomes))


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
    """The outcome, given the failures that the author expects."""
    reason = subject.declared.expected_failures.get(outcome.law)
    if reason is None or outcome.verdict == Verdict.SKIPPED:
        return outcome
    if outcome.verdict == Verdict.BROKEN:
        return replace(outcome, verdict=Verdict.EXPECTED_FAILURE, message=reason)
    message = f"it is declared as an expected failure ({reason}), but holds: remove it there"
    return replace(outcome, verdict=Verdict.BROKEN, message=message)


def _stale_declarations(kind: KindLaws, subject: Subject) -> Iterator[Outcome]:
    """A broken outcome for each expected failure that names an unknown law."""
    known = [law.name for law in kind.laws]
    for name in subject.declared.expected_failures:
        if name not in known:
            message = f"expected_failures names a law that does not exist{nearest(name, known)}"
            statement = "Every expected failure names a law of the kind."
            yield Outcome(name, statement, Verdict.BROKEN, message)
