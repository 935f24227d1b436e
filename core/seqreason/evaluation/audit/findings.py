"""What an audit finds: one verdict a check, and how many checks there were."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, final

from seqreason.borders import place_of, plugin_border
from seqreason.errors import IncompatibleError

Verdict = Literal["passed", "violated", "noted", "skipped"]


class Outcome(NamedTuple):
    """What a check says, before it is said of which check.

    *details* are plain data, as JSON has them.
    """

    verdict: Verdict
    told: str
    details: Mapping[str, Any]


def passed(told: str, **details: Any) -> Outcome:
    """The law is kept."""
    return Outcome("passed", told, details)


def violated(told: str, **details: Any) -> Outcome:
    """The law is broken."""
    return Outcome("violated", told, details)


def noted(told: str, **details: Any) -> Outcome:
    """No fault, but worth knowing to whoever reads the results."""
    return Outcome("noted", told, details)


def skipped(told: str, **details: Any) -> Outcome:
    """Nothing was checked; *told* is the reason."""
    return Outcome("skipped", told, details)


def percent(share: float) -> str:
    """A share in a sentence: `4.2 %`."""
    return f"{100 * share:.1f} %"


@final
@dataclass(frozen=True)
class Finding:
    """One check's verdict on one law, in a sentence and in figures."""

    check: str
    law: int
    verdict: Verdict
    told: str
    details: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Check:
    """A check that waits to be carried out."""

    name: str
    law: int
    outcome: Callable[[], Outcome]

    def carried_out(self) -> Finding:
        """What the check finds.

        What a plug-in raises meanwhile is a violation, but for `IncompatibleError`, by which it
        says that there is nothing to check.
        """
        with plugin_border() as border:
            verdict, told, details = self.outcome()
        if isinstance(border.error, IncompatibleError):
            verdict, told, details = skipped(str(border.error))
        elif border.error is not None:
            verdict, told, details = violated(_raised(border.error))
        return Finding(self.name, self.law, verdict, told, details)

    def left_out(self, reason: str) -> Finding:
        """The finding of a check that was not carried out."""
        return Finding(self.name, self.law, "skipped", reason)


def _raised(error: Exception) -> str:
    # What a worker process raises carries its whole traceback; the last line says what it was.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = lines[-1] if lines else "no message"
    name = type(error).__name__
    clause = told if told.startswith(name) else f"{name}: {told}"
    return f"the check could not be finished: {clause} ({place_of(error)})"


@final
@dataclass(frozen=True)
class Audit:
    """All findings on one benchmark."""

    findings: tuple[Finding, ...]

    def of_verdict(self, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings with that verdict."""
        return tuple(finding for finding in self.findings if finding.verdict == verdict)

    @property
    def num_skipped(self) -> int:
        """How many checks had nothing to check."""
        return len(self.of_verdict("skipped"))

    @property
    def num_ran(self) -> int:
        """How many checks came to a verdict."""
        return len(self.findings) - self.num_skipped

    @property
    def num_violated(self) -> int:
        """How many checks found a law broken."""
        return len(self.of_verdict("violated"))

    @property
    def is_clean(self) -> bool:
        """Whether something was checked and nothing is broken."""
        return self.num_ran > 0 and self.num_violated == 0
