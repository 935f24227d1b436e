"""Checking a plug-in: every law of its kind, in order, against what its author declares."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, final

from seqreason.assembly.determinism import torch_threads
from seqreason.errors import nearest
from seqreason.testing.law import KindLaws
from seqreason.testing.laws import laws_of
from seqreason.testing.outcome import Conformity, Outcome, Verdict
from seqreason.testing.subject import Subject
from seqreason.testing.trying import Effort, try_law

LawProgress = Callable[[str, int, int], None]
DEFAULT_EFFORT: Final = Effort()


def no_listener(law: str, done: int, total: int) -> None:
    """Tell nobody."""


def check_plugin(
    subject: Subject, *, effort: Effort = DEFAULT_EFFORT, listener: LawProgress = no_listener
) -> Conformity:
    """How every law of its kind comes out for a plug-in.

    Args:
        listener: told of each law as it begins, with how many are done and how many there are.
    """
    examination = Examination(subject, effort)
    names = examination.names
    for done, name in enumerate(names):
        listener(name, done, len(names))
        examination.outcome(name)
    return examination.conformity()


@final
class Examination:
    """The laws of one plug-in, each tried when it is asked for, and once."""

    def __init__(self, subject: Subject, effort: Effort = DEFAULT_EFFORT) -> None:
        self.subject, self._effort = subject, effort
        self._laws = laws_of(subject.registration.kind)
        self._outcomes: dict[str, Outcome] = {
            stale.law: stale for stale in _stale_declarations(self._laws, subject)
        }

    @property
    def names(self) -> list[str]:
        """Every law of the plug-in's kind, in order, and those that its author wrongly declares."""
        names = [law.name for law in self._laws.laws]
        return [*names, *(name for name in self._outcomes if name not in names)]

    def outcome(self, name: str) -> Outcome:
        """How the law called *name* comes out, after those that it needs."""
        if name not in self._outcomes:
            law = self._laws.find(name)
            missing = [n for n in law.needs if self.outcome(n).verdict != Verdict.KEPT]
            if missing:
                message = f"{missing[0]} does not hold, without which it cannot be tried"
                tried = Outcome(law.name, law.statement, Verdict.SKIPPED, message)
            else:
                with torch_threads(1):
                    tried = try_law(law, self._laws, self.subject, self._effort)
            self._outcomes[name] = _as_declared(tried, self.subject)
        return self._outcomes[name]

    def conformity(self) -> Conformity:
        """How all of them come out."""
        outcomes = [self.outcome(name) for name in self.names]
        return Conformity(self.subject.registration, tuple(outcomes))


def _as_declared(outcome: Outcome, subject: Subject) -> Outcome:
    """The outcome in the light of the failures that the author expects."""
    reason = subject.declared.expected_failures.get(outcome.law)
    if reason is None or outcome.verdict == Verdict.SKIPPED:
        return outcome
    if outcome.verdict == Verdict.BROKEN:
        return replace(outcome, verdict=Verdict.EXPECTED_FAILURE, message=reason)
    message = f"it is declared as an expected failure ({reason}), but holds: take it out"
    return replace(outcome, verdict=Verdict.BROKEN, message=message)


def _stale_declarations(kind: KindLaws, subject: Subject) -> Iterator[Outcome]:
    """A failure for each law that is expected to fail and does not exist."""
    known = [law.name for law in kind.laws]
    for name in subject.declared.expected_failures:
        if name not in known:
            message = f"there is no such law to be expected to fail{nearest(name, known)}"
            statement = "Expected failures are declared of laws that there are."
            yield Outcome(name, statement, Verdict.BROKEN, message)
