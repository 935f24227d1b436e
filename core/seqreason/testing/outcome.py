"""The results of checking: one outcome per law, one conformity per plug-in, and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, final

from seqreason.errors import counted
from seqreason.registry import Registration


class Verdict(StrEnum):
    """The result of trying a law."""

    KEPT = "kept"
    BROKEN = "broken"
    SKIPPED = "skipped"
    EXPECTED_FAILURE = "expected failure"


@final
@dataclass(frozen=True)
class Outcome:
    """The result of one law for one plug-in.

    Attributes:
        message: what broke the law, or why it was skipped or expected to fail.
        num_cases: how many cases it was tried on.
        case: the smallest case found that breaks it, as plain data.
    """

    law: str
    statement: str
    verdict: Verdict
    message: str = ""
    num_cases: int = 0
    seconds: float = 0.0
    case: Mapping[str, Any] | None = None


@final
@dataclass(frozen=True)
class Conformity:
    """The results of all laws for one plug-in.

    It is green if no law is broken and at least one was kept. So a plug-in of which nothing
    could be checked is not green.
    """

    registration: Registration
    outcomes: tuple[Outcome, ...]

    @property
    def title(self) -> str:
        """The plug-in's kind and name: `encoder residual-cnn`."""
        return f"{self.registration.kind} {self.registration.name}"

    def count(self, verdict: Verdict) -> int:
        """How many laws have that verdict."""
        return sum(outcome.verdict == verdict for outcome in self.outcomes)

    @property
    def num_ran(self) -> int:
        """How many laws were tried: those kept, broken, and expected to fail."""
        return len(self.outcomes) - self.count(Verdict.SKIPPED)

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """The laws that are broken and were not declared as expected failures."""
        return tuple(out for out in self.outcomes if out.verdict == Verdict.BROKEN)

    @property
    def was_checked(self) -> bool:
        """Whether any law was kept or broken."""
        return bool(self.count(Verdict.KEPT) or self.broken)

    @property
    def is_green(self) -> bool:
        """Whether something was checked and nothing is broken."""
        return self.was_checked and not self.broken

    def summary(self) -> str:
        """The counts in a line: `14 laws ran, 2 broken, 1 skipped, none expected to fail`."""
        skipped, expected = self.count(Verdict.SKIPPED), self.count(Verdict.EXPECTED_FAILURE)
        ran = f"{counted(self.num_ran, 'law')} ran"
        broken = f", {len(self.broken)} broken" if self.broken else ""
        return f"{ran}{broken}, {skipped} skipped, {expected or 'none'} expected to fail"

    def row(self) -> dict[str, Any]:
        """The results as plain data, for `--json`."""
        origin = self.registration.origin
        return {
            "kind": self.registration.kind,
            "name": self.registration.name,
            "version": self.registration.plugin.version,
            "distribution": f"{origin.distribution} {origin.version}".strip(),
            "green": self.is_green,
            "ran": self.num_ran,
            "skipped": self.count(Verdict.SKIPPED),
            "expected_failures": self.count(Verdict.EXPECTED_FAILURE),
            "failed": len(self.broken),
            "laws": [_law_row(outcome) for outcome in self.outcomes],
        }


def _law_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "law": outcome.law,
        "statement": outcome.statement,
        "verdict": outcome.verdict.value,
        "message": outcome.message,
        "cases": outcome.num_cases,
        "seconds": round(outcome.seconds, 3),
        "case": outcome.case,
    }
