"""The findings of an audit: one verdict for each check, and the numbers of checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, final

from seqreason.errors import IncompatibleError
from seqreason.registry.plugin_errors import catch_plugin_errors, place_of
from seqreason.spec.metrics import format_share

CANNOT_ENUMERATE: Final = "the generator cannot enumerate its sequences"
CheckStatus = Literal["passed", "violated", "noted", "skipped"]


class CheckResult(NamedTuple):
    """The result of a check without the check's name.

    Attributes:
        message: the result in a sentence.
        details: the figures behind it, as plain data for JSON.
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
    """The law is kept, but readers of the results should know the message."""
    return CheckResult("noted", message, details)


def skipped(message: str, **details: Any) -> CheckResult:
    """Nothing was checked; *message* is the reason."""
    return CheckResult("skipped", message, details)


def percent(share: float) -> str:
    """A share in a sentence: `4.2 %`."""
    return format_share(share, places=1)


@final
@dataclass(frozen=True)
class Finding:
    """The verdict of one check on one law, with its message and its figures."""

    check: str
    law: int
    verdict: CheckStatus
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Check:
    """A check of one law: its name, and the function that examines the law."""

    name: str
    law: int
    examine: Callable[[], CheckResult]

    def finding(self) -> Finding:
        """The finding of the check, which is carried out now.

        An error that a plug-in raises is a violation, except `IncompatibleError`: it means that
        there is nothing to check.
        """
        with catch_plugin_errors() as caught:
            verdict, message, details = self.examine()
        if isinstance(caught.error, IncompatibleError):
            verdict, message, details = skipped(str(caught.error))
        elif caught.error is not None:
            verdict, message, details = violated(_raised(caught.error))
        return Finding(self.name, self.law, verdict, message, details)

    def skipped(self, reason: str) -> Finding:
        """The finding if the check is not carried out."""
        return Finding(self.name, self.law, "skipped", reason)


def _raised(error: Exception) -> str:
    # The error of a worker process contains its whole traceback, with the message on the last line.
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
        """How many checks were carried out."""
        return len(self.findings) - self.num_skipped

    @property
    def num_violated(self) -> int:
        """How many checks found a law broken."""
        return len(self.of_verdict("violated"))

    @property
    def is_clean(self) -> bool:
        """Whether something was checked and no law is broken."""
        return self.num_ran > 0 and self.num_violated == 0
