"""The laws of forcing policies."""

from typing import Any, Final, final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import Field

from seqreason.interfaces import Forcing, LossContext
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.settings import check_settings_are_honest
from seqreason.testing.laws.tensors import functions
from seqreason.testing.subject import Subject, can_be_made

_FOUNDATION: Final = ("construction", "share-range")
_GRID: Final = tuple(step / 64 for step in range(65))


@final
class ForcingCase(Case):
    """A forcing policy for an alphabet of some size, asked at some moment of training."""

    alphabet_size: int = Field(5, ge=2, description="symbols of the alphabet")
    progress: float = Field(0.0, ge=0, le=1, description="share of training that is done")

    @property
    def context(self) -> LossContext:
        """What the policy is made with."""
        return LossContext(self.alphabet_size)


def construction(subject: Subject, case: ForcingCase) -> None:
    """It is made for an alphabet of any size, or refuses with a reason."""
    can_be_made(subject, case.settings, case.context)


def share_range(subject: Subject, case: ForcingCase) -> None:
    """At any moment of training, its ends included, it forces a share of 0 to 1."""
    forcing = _made(subject, case)
    for progress in (case.progress, 0.0, 1.0):
        share = forcing.forced_share(progress)
        message = f"at progress {progress:g} it gives {share!r}"
        demand(
            isinstance(share, float | int) and not isinstance(share, bool), f"{message}: a number?"
        )
        demand(0 <= share <= 1, f"{message}, which is not in 0 … 1")


def statelessness(subject: Subject, case: ForcingCase) -> None:
    """A moment's share depends on that moment alone, so that a resumed cell goes on alike."""
    asked, fresh = _made(subject, case), _made(subject, case)
    for progress in reversed(_GRID):
        asked.forced_share(progress)
    came, wanted = asked.forced_share(case.progress), fresh.forced_share(case.progress)
    message = f"at progress {case.progress:g} it gives {wanted!r}, and {came!r} once asked before"
    demand(came == wanted, message)


def pickle_roundtrip(subject: Subject, case: ForcingCase) -> None:
    """Pickled and loaded again it gives the same."""
    forcing = _made(subject, case)
    came = functions.pickled(forcing).forced_share(case.progress)
    demand(came == forcing.forced_share(case.progress), "after pickling the share differs")


def setting_effects(subject: Subject, case: ForcingCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""

    def behaviour(settings: dict[str, Any]) -> bytes:
        forcing: Forcing = subject.make(settings, case.context)
        return repr([float(forcing.forced_share(progress)) for progress in _GRID]).encode()

    check_settings_are_honest(subject, behaviour)


def _made(subject: Subject, case: ForcingCase) -> Forcing:
    forcing: Forcing = subject.make(case.settings, case.context, seed=case.seed)
    return forcing


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[ForcingCase]:
    return st.builds(
        ForcingCase,
        settings=settings,
        seed=st.just(0),
        alphabet_size=st.integers(2, 40),
        progress=st.floats(0, 1, width=32),
    )


FORCING_LAWS: Final = KindLaws(
    "forcing",
    ForcingCase,
    _cases,
    (
        Law.of(construction),
        Law.of(share_range, needs=_FOUNDATION[:1]),
        Law.of(statelessness, needs=_FOUNDATION),
        Law.of(pickle_roundtrip, needs=_FOUNDATION),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
