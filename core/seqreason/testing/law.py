"""A law: one sentence that every plug-in of a kind keeps, with the check that tries it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from seqreason.errors import UnknownNameError
from seqreason.testing.case import Case
from seqreason.testing.subject import Subject

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


LawCheck = Callable[[Subject, Any], None]


@final
@dataclass(frozen=True)
class Law:
    """One law of a kind.

    Attributes:
        name: `frames-are-independent`: what messages, expected failures and cases call it.
        statement: the sentence that holds for every plug-in that keeps the law.
        check: takes the plug-in and a case; raises `BrokenLawError` or `NotApplicableError`.
        needs: the laws without which this one cannot be tried.
        tries_many: whether the check is worth more than one case.
    """

    name: str
    statement: str
    check: LawCheck
    needs: tuple[str, ...] = ()
    tries_many: bool = True

    @classmethod
    def of(cls, check: LawCheck, *, needs: Iterable[str] = (), tries_many: bool = True) -> "Law":
        """The law that a function checks: its name with hyphens, its docstring's first line."""
        statement = (check.__doc__ or "").strip().partition("\n")[0]
        return cls(law_name(check), statement, check, tuple(needs), tries_many)


@final
@dataclass(frozen=True)
class KindLaws:
    """All laws of one kind of plug-in, and the cases that they are tried on.

    Attributes:
        case: what one trial consists of, as a record that can be written to a file.
        cases: a hypothesis strategy of such records, from one of the settings to try.
    """

    kind: str
    case: type[Case]
    cases: Callable[["SearchStrategy[dict[str, Any]]"], "SearchStrategy[Any]"]
    laws: tuple[Law, ...]

    def find(self, name: str) -> Law:
        """The law called *name*.

        Raises:
            UnknownNameError: there is none; the nearest is named.
        """
        for law in self.laws:
            if law.name == name:
                return law
        known = [law.name for law in self.laws]
        raise UnknownNameError(name, noun=f"law of the kind {self.kind}", known=known)


def law_name(check: LawCheck) -> str:
    """What a law is called: the name of the function that checks it, with hyphens."""
    return check.__name__.replace("_", "-")
