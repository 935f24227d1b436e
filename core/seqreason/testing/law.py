"""A law: a statement that holds for every plug-in of a kind, with the check that tries it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqreason.errors import UnknownNameError
from seqreason.testing.case import Case
from seqreason.testing.subject import Subject

LawCheck = Callable[[Subject, Any], None]
SEEDS: Final = st.integers(0, 2**16)


@final
@dataclass(frozen=True)
class Law:
    """One law of a kind.

    Attributes:
        name: its id, a noun that is unique within the kind: `frame-independence`.
        statement: a sentence that is true of every plug-in that keeps the law.
        check: takes the plug-in and a case; raises `BrokenLawError` or `NotApplicableError`.
        needs: the laws that must hold before this one can be tried.
        tries_many: whether more than one case is worth trying.
    """

    name: str
    statement: str
    check: LawCheck
    needs: tuple[str, ...] = ()
    tries_many: bool = True

    @classmethod
    def of(cls, check: LawCheck, *, needs: Iterable[str] = (), tries_many: bool = True) -> "Law":
        """The law of a check: the function's name with hyphens, and its docstring's first line."""
        name = check.__name__.replace("_", "-")
        statement = (check.__doc__ or "").strip().partition("\n")[0]
        return cls(name, statement, check, tuple(needs), tries_many)


@final
@dataclass(frozen=True)
class KindLaws:
    """All laws of one kind of plug-in, and the cases to try them on.

    Attributes:
        case: the record that holds the input of one trial.
        fields: a hypothesis strategy for each of its fields, but for the settings.
    """

    kind: str
    case: type[Case]
    fields: Mapping[str, SearchStrategy[Any]]
    laws: tuple[Law, ...]

    def cases(self, settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[Any]:
        """A strategy of cases, from one of settings."""
        return st.builds(self.case, settings=settings, **self.fields)

    def find(self, name: str) -> Law:
        """The law *name*.

        Raises:
            UnknownNameError: the kind has no such law; the message names the nearest.
        """
        for law in self.laws:
            if law.name == name:
                return law
        known = [law.name for law in self.laws]
        raise UnknownNameError(name, noun=f"law of the kind {self.kind}", known=known)
