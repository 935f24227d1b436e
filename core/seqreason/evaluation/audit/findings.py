"""What an audit finds: one verdict a check, and how many checks there were."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, final

from seqreason.errors import IncompatibleError
from seqreason.registry.plugin_errors import catch_plugin_errors, place_of
from seqreason.spec.metrics import format_share

CheckStatus = Literal["passed", "violated", "noted", "skipped"]


class CheckResult(NamedTuple):
    """What a check says, before it is said of which check.

    *details* are plain data, as JSON has them.
    """

    verdict: CheckStatus
    message: str
    details: Mapping[str, Any]


def passed(message: str, **details: Any) -> CheckResult:
    """The law is kept."""
    return CheckResult("passed", message, details)


def violated(message: str, **details: Any) -> CheckResult:
    """The law is broken."""
    return CheckResult("violated", message, details)


def noted(message: str, **details: Any) -> CheckResult:
    """No fault, but worth knowing to whoever reads the results."""
    return CheckResult("noted", message, details)


def skipped(message: str, **details: Any) -> CheckResult:
    """Nothing was checked; *told* is the reason."""
    return CheckResult("skipped", message, details)


def percent(share: float) -> str:
    """A share in a sentence: `4.2 %`."""
    return format_share(share, places=1)


@final
@dataclass(frozen=True)
class Finding:
    """One check's verdict on one law, in a sentence and in figures."""

    check: str
    law: int
    verdict: CheckStatus
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Check:
    """A check that waits to be carried out."""

    name: str
    law: int
    outcome: Callable[[], CheckResult]

    def carried_out(self) -> Finding:
        """What the check finds.

        What a plug-in raises meanwhile is a violation, but for `IncompatibleError`, by which it
        says that there is nothing to check.
        """
        with catch_plugin_errors() as caught:
            verdict, message, details = self.outcome()
        if isinstance(caught.error, IncompatibleError):
            verdict, message, details = skipped(str(caught.error))
        elif caught.error is not None:
            verdict, message, details = violated(_raised(caught.error))
        return Finding(self.name, self.law, verdict, message, details)

    def left_out(self, reason: str) -> Finding:
        """The finding of a check that was not carried out."""
        return Finding(self.name, self.law, "skipped", reason)


def _raised(error: Exception) -> str:
    # What a worker process raises carries its whole traceback; the last line says what it was.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = lines[-1] if lines else "no message"
    name = type(error).__name__
    clause = message if message.startswith(name) else f"{name}: {message}"
    return f"the check could not be finished: {clause} ({place_of(error)})"


@final
@dataclass(frozen=True)
class Audit:
    """All findings on one benchmark."""

    findings: tuple[Finding, ...]

    def of_verdict(self, verdict: CheckStatus) -> tuple[Finding, ...]:
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
