"""Trying one law on many cases: hypothesis draws them and shrinks one that breaks the law."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, final

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from seqreason.registry.plugin_errors import catch_plugin_errors, place_of
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.outcome import Outcome, Verdict
from seqreason.testing.subject import Subject

_PHASES: Final = (Phase.generate, Phase.shrink)


@final
@dataclass(frozen=True)
class Effort:
    """How much time to spend on a law.

    Attributes:
        cases: how many cases to try at most.
        seconds: time after which no further case begins; one case is always tried.
    """

    cases: int = 20
    seconds: float = 10.0


def try_law(law: Law, kind: KindLaws, subject: Subject, effort: Effort) -> Outcome:
    """The outcome of *law* for *subject*."""
    attempt = _Attempt(law, subject, effort)

    @settings(
        max_examples=effort.cases if law.tries_many else 1,
        derandomize=True,
        database=None,
        deadline=None,
        # A law that is tried on one case gets the simplest one, so there is nothing to shrink.
        phases=_PHASES if law.tries_many else _PHASES[:1],
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(kind.cases(st.sampled_from(subject.variants)))
    def search(case: Case) -> None:
        attempt.on(case)

    with catch_plugin_errors() as caught:
        search()
    # If a law is broken only sometimes, hypothesis raises an error of its own.
    if caught.error is not None and attempt.broken is None:
        raise caught.error
    return attempt.outcome()


def try_case(law: Law, subject: Subject, case: Case) -> Outcome:
    """The outcome of *law* for *subject* on one case."""
    attempt = _Attempt(law, subject, Effort(cases=1))
    with catch_plugin_errors():
        attempt.on(case)
    return attempt.outcome()


@final
@dataclass
class _Attempt:
    """The state of trying one law."""

    law: Law
    subject: Subject
    effort: Effort
    start: float = field(default_factory=perf_counter)
    num_kept: int = 0
    reasons: list[str] = field(default_factory=list)
    broken: tuple[Case, str] | None = None

    def on(self, case: Case) -> None:
        """Try the law on *case* and record the result.

        Raises:
            BrokenLawError: the law does not hold.
        """
        if self._is_over():
            return
        with catch_plugin_errors() as caught:
            self.law.check(self.subject, case)
        error = caught.error
        if error is None:
            self.num_kept += 1
        elif isinstance(error, NotApplicableError):
            self.reasons.append(str(error))
        else:
            self.broken = (case, _message_of(error))
            raise BrokenLawError(self.broken[1]) from error

    def _is_over(self) -> bool:
        # While hypothesis shrinks a case, every case must really be tried.
        tried = self.num_kept + len(self.reasons)
        is_late = perf_counter() - self.start > self.effort.seconds
        return is_late and tried > 0 and self.broken is None

    def outcome(self) -> Outcome:
        seconds, num_cases, case = perf_counter() - self.start, self.num_kept, None
        verdict, message = Verdict.KEPT, ""
        if self.broken is not None:
            verdict, num_cases = Verdict.BROKEN, self.num_kept + 1
            case, message = self.broken[0].model_dump(mode="json"), self.broken[1]
        elif not self.num_kept:
            verdict, message = Verdict.SKIPPED, (self.reasons or ["no case was tried"])[0]
        law = self.law
        return Outcome(law.name, law.statement, verdict, message, num_cases, seconds, case)


def _message_of(error: Exception) -> str:
    """The message of a broken law; for any other error, its type, message and place."""
    if isinstance(error, BrokenLawError):
        return str(error)
    return f"raised {type(error).__name__}: {error} ({place_of(error)})"
