"""One law tried on many cases: hypothesis draws them, and shrinks one that breaks the law."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, final

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
    """How hard to look.

    Attributes:
        cases: how many cases a law is tried on.
        seconds: after so long no further case is begun for a law; one is always tried.
    """

    cases: int = 20
    seconds: float = 10.0


def try_law(law: Law, kind: KindLaws, subject: Subject, effort: Effort) -> Outcome:
    """How *law* comes out for *subject*."""
    attempt = _Attempt(law, subject, effort)

    @settings(
        max_examples=effort.cases if law.tries_many else 1,
        derandomize=True,
        database=None,
        deadline=None,
        # The one case of a law that takes only one is the simplest already.
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
    # A plug-in that breaks a law only sometimes makes hypothesis raise another error.
    if caught.error is not None and attempt.broken is None:
        raise caught.error
    return attempt.outcome()


def try_case(law: Law, subject: Subject, case: Case) -> Outcome:
    """How *law* comes out for *subject* on one case alone."""
    attempt = _Attempt(law, subject, Effort(cases=1))
    with catch_plugin_errors():
        attempt.on(case)
    return attempt.outcome()


@final
@dataclass
class _Attempt:
    """What has been found so far."""

    law: Law
    subject: Subject
    effort: Effort
    start: float = field(default_factory=perf_counter)
    num_kept: int = 0
    reasons: list[str] = field(default_factory=list)
    broken: tuple[Case, str] | None = None

    def on(self, case: Case) -> None:
        """Try the law on *case*, and keep what was found.

        Raises:
            BrokenLawError: it does not hold.
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
            self.broken = (case, _told(error))
            raise BrokenLawError(self.broken[1]) from error

    def _is_over(self) -> bool:
        # Once it is known that the law is broken, shrinking must see every case as it is.
        tried = self.num_kept + len(self.reasons)
        is_late = perf_counter() - self.start > self.effort.seconds
        return is_late and tried > 0 and self.broken is None

    def outcome(self) -> Outcome:
        seconds = perf_counter() - self.start
        law = self.law
        if self.broken is not None:
            case, message = self.broken
            return Outcome(
                law.name,
                law.statement,
                Verdict.BROKEN,
                message,
                num_cases=self.num_kept + 1,
                seconds=seconds,
                case=_plain(case),
            )
        verdict = Verdict.KEPT if self.num_kept else Verdict.SKIPPED
        message = "" if self.num_kept else (self.reasons or ["no case was tried"])[0]
        return Outcome(
            law.name, law.statement, verdict, message, num_cases=self.num_kept, seconds=seconds
        )


def _plain(case: Case) -> dict[str, Any]:
    return case.model_dump(mode="json")


def _told(error: Exception) -> str:
    """A broken law's own words; for anything else what was raised, and where."""
    if isinstance(error, BrokenLawError):
        return str(error)
    return f"raised {type(error).__name__}: {error} ({place_of(error)})"
