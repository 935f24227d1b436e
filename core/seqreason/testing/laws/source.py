"""The laws of glyph sources."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final, final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqreason.testing.case import Case
from seqreason.testing.demands import NotApplicableError, demand
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.process.loading import Loading, WatchedSource
from seqreason.testing.laws.process.surroundings import elsewhere
from seqreason.testing.laws.settings import check_settings_are_honest
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "symbol-coverage")
# Most of what is seen is paper; of anything drawn, at least half has ink that can be seen.
_HALF: Final = 0.5


@final
class SourceCase(Case):
    """A source with its settings; the seed is what global generators begin at."""


def construction(subject: Subject, case: SourceCase) -> None:
    """It is made from its settings, or refuses with a reason."""
    plugin = subject.registration.plugin
    demand(isinstance(_source(subject, case).source, plugin), f"it makes no {plugin.__name__}")


def symbol_coverage(subject: Subject, case: SourceCase) -> None:
    """It loads glyphs of every symbol for train, valid and test, or says what data are missing."""
    _first(subject, case)


def load_repeatability(subject: Subject, case: SourceCase) -> None:
    """Loaded a second time it gives the same glyphs."""
    first, second = _first(subject, case), _second(subject, case)
    demand(first.digest == second.digest, "the second loading gives other glyphs than the first")


def instance_repeatability(subject: Subject, case: SourceCase) -> None:
    """Another one that is made from the same settings loads the same glyphs."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    # What changes with its surroundings alone is for other laws.
    if moved.digest != first.digest:
        again = WatchedSource(subject, case).loading(state=case.seed)
        demand(again.digest == first.digest, "two that are made alike load other glyphs")


def environment_independence(subject: Subject, case: SourceCase) -> None:
    """What it loads depends on no working directory, home or global generator's state."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    message = "with another working directory, home and state of global generators it loads others"
    demand(moved.digest == first.digest, message)


def global_randomness(subject: Subject, case: SourceCase) -> None:
    """It neither draws from nor seeds what all share: `random`, numpy's and torch's generators."""
    moved = _first(subject, case).moved
    demand(not moved, f"it draws from or seeds {moved}: draw from a Stream instead")


def fingerprint_stability(subject: Subject, case: SourceCase) -> None:
    """Its fingerprint is a string, and the same each time while its data are the same."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    prints = [*first.fingerprints, *moved.fingerprints]
    kinds = {type(each).__name__ for each in prints}
    demand(kinds == {"str"}, f"a fingerprint must be a str, got {', '.join(sorted(kinds))}")
    message = ", ".join(sorted({repr(each) for each in prints}))
    demand(len(set(prints)) == 1, f"one source has several fingerprints: {message}")


def split_disjointness(subject: Subject, case: SourceCase) -> None:
    """No image stands in two of the splits train, valid and test."""
    copies = _first(subject, case).copies
    message = ", ".join(f"{count} in {splits}" for splits, count in copies.items())
    demand(not copies, f"images that stand in two splits: {message}")


def ink_polarity(subject: Subject, case: SourceCase) -> None:
    """Paper is black and ink is white: most pixels are dark, and most at the edges of images."""
    seen = _first(subject, case)
    for share, where in ((seen.dark_share, "all"), (seen.dark_edge_share, "the edges'")):
        demand(share > _HALF, f"only {share:.0%} of {where} pixels are dark: is ink black?")
    message = f"only {seen.inked_share:.0%} of the images have a pixel of half the ink or more"
    demand(seen.inked_share >= _HALF, message)


def progress_reports(subject: Subject, case: SourceCase) -> None:
    """What it tells of its progress rises, and is from 0 to the total that it tells beside."""
    text = _first(subject, case).progress
    if not text:
        raise NotApplicableError("it tells nothing of its progress")
    for done, total in text:
        demand(0 <= done <= total, f"it tells that {done} of {total} is done")
    for (before, total), (after, other) in pairwise(text):
        # A download and the reading of it have totals of their own.
        demand(total != other or before <= after, f"it tells {after} of {total} after {before}")


def write_confinement(subject: Subject, case: SourceCase) -> None:
    """It writes nothing into the working directory or the home of who runs it."""
    _, left = _moved(subject, case)
    if left is None:
        raise NotApplicableError("in another working directory it does not find its data")
    demand(not left, f"it leaves {', '.join(left)} there: write into context.cache_folder")


def setting_effects(subject: Subject, case: SourceCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""

    def behaviour(settings: dict[str, Any]) -> bytes:
        seen = _first(subject, case.model_copy(update={"settings": settings}))
        return f"{seen.digest} {seen.fingerprints[0]}".encode()

    check_settings_are_honest(subject, behaviour)


def _source(subject: Subject, case: SourceCase) -> WatchedSource:
    return subject.once(_key("source", case), lambda: WatchedSource(subject, case))


def _first(subject: Subject, case: SourceCase) -> Loading:
    """The first loading; it may take seconds, so all laws share it."""
    source = _source(subject, case)
    return subject.once(_key("first", case), lambda: source.loading(state=case.seed))


def _second(subject: Subject, case: SourceCase) -> Loading:
    source = _source(subject, case)
    return subject.once(_key("second", case), lambda: source.loading(state=case.seed))


def _moved(subject: Subject, case: SourceCase) -> tuple[Loading, list[str] | None]:
    """Another one's loading in other surroundings, and what it leaves there.

    One that does not find its data there, by a relative path, is loaded here; then None.
    """

    def load() -> tuple[Loading, list[str] | None]:
        try:
            with elsewhere() as folder:
                loading = WatchedSource(subject, case).loading(state=case.seed + 1)
                return loading, sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        except NotApplicableError:
            return WatchedSource(subject, case).loading(state=case.seed + 1), None

    return subject.once(_key("moved", case), load)


def _key(what: str, case: SourceCase) -> str:
    return f"{what} {json.dumps(case.model_dump(mode='json'), sort_keys=True)}"


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[SourceCase]:
    # Loading takes long, so cases differ by their settings alone.
    return st.builds(SourceCase, settings=settings)


_OWN: Final[dict[Callable[[Subject, SourceCase], None], tuple[str, ...]]] = {
    global_randomness: (),
    load_repeatability: ("global-randomness",),
    instance_repeatability: ("load-repeatability",),
    environment_independence: ("instance-repeatability",),
    fingerprint_stability: (),
    split_disjointness: (),
    ink_polarity: (),
    progress_reports: (),
    write_confinement: (),
}
SOURCE_LAWS: Final = KindLaws(
    "source",
    SourceCase,
    _cases,
    (
        Law.of(construction),
        Law.of(symbol_coverage, needs=_FOUNDATION[:1]),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in _OWN.items()),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
