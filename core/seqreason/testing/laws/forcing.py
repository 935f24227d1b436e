"""The laws of forcing policies."""

from typing import Any, Final, final

from hypothesis import strategies as st
from pydantic import Field

from seqreason.interfaces import Forcing, LossContext
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.process.pickling import pickled
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "share-range")
_GRID: Final = tuple(step / 64 for step in range(65))


@final
class ForcingCase(Case):
    """The size of the alphabet, and a moment of training."""

    alphabet_size: int = Field(5, ge=2, description="symbols of the alphabet")
    progress: float = Field(0.0, ge=0, le=1, description="share of training that is done")

    @property
    def context(self) -> LossContext:
        """The context that the policy is made with."""
        return LossContext(self.alphabet_size)


def construction(subject: Subject, case: ForcingCase) -> None:
    """It can be made for any alphabet of two symbols or more, or refuses with a reason."""
    subject.make(case.settings, case.context)


def share_range(subject: Subject, case: ForcingCase) -> None:
    """At any moment of training, even the first and last, the share is between 0 and 1."""
    forcing: Forcing = subject.made(case)
    for progress in (case.progress, 0.0, 1.0):
        share = forcing.forced_share(progress)
        message = f"forced_share({progress:g}) must be a number from 0 to 1, got {share!r}"
        demand(isinstance(share, float | int) and not isinstance(share, bool), message)
        demand(0 <= share <= 1, message)


def statelessness(subject: Subject, case: ForcingCase) -> None:
    """The share depends only on the moment, so a resumed cell continues the same way."""
    asked, fresh = subject.made(case), subject.made(case)
    for progress in reversed(_GRID):
        asked.forced_share(progress)
    later, first = asked.forced_share(case.progress), fresh.forced_share(case.progress)
    message = f"forced_share({case.progress:g}) is {first!r} when new, {later!r} after other calls"
    demand(later == first, message)


def pickle_roundtrip(subject: Subject, case: ForcingCase) -> None:
    """After pickling and unpickling, it gives the same shares."""
    forcing: Forcing = subject.made(case)
    share = pickled(forcing).forced_share(case.progress)
    demand(share == forcing.forced_share(case.progress), "the share differs after pickling")


def setting_effects(subject: Subject, case: ForcingCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""

    def behaviour(settings: dict[str, Any]) -> bytes:
        forcing: Forcing = subject.make(settings, case.context)
        return repr([float(forcing.forced_share(progress)) for progress in _GRID]).encode()

    check_setting_effects(subject, behaviour)


FORCING_LAWS: Final = KindLaws(
    "forcing",
    ForcingCase,
    {"alphabet_size": st.integers(2, 40), "progress": st.floats(0, 1, width=32)},
    (
        Law.of(construction),
        Law.of(share_range, needs=_FOUNDATION[:1]),
        Law.of(statelessness, needs=_FOUNDATION),
        Law.of(pickle_roundtrip, needs=_FOUNDATION),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
