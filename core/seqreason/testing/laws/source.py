"""The laws of glyph sources."""

import json
from itertools import pairwise
from typing import Any, Final, final

from seqreason.testing.case import Case
from seqreason.testing.demands import NotApplicableError, demand
from seqreason.testing.law import KindLaws, Law, LawCheck
from seqreason.testing.laws.process.loading import Loading, WatchedSource
from seqreason.testing.laws.process.surroundings import elsewhere
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "symbol-coverage")
# Most pixels are paper, and at least half of the images have visible ink.
_HALF: Final = 0.5


@final
class SourceCase(Case):
    """The settings of a source; the seed sets the global generators."""


def construction(subject: Subject, case: SourceCase) -> None:
    """It can be made from its settings, or refuses with a reason."""
    plugin = subject.registration.plugin
    source = _source(subject, case).source
    demand(isinstance(source, plugin), f"its constructor gives no {plugin.__name__}")


def symbol_coverage(subject: Subject, case: SourceCase) -> None:
    """It loads glyphs of every symbol for train, valid and test, or reports missing data."""
    _first(subject, case)


def load_repeatability(subject: Subject, case: SourceCase) -> None:
    """Loading it a second time gives the same glyphs."""
    first, second = _first(subject, case), _loading(subject, case, "second")
    demand(first.digest == second.digest, "the second load gives other glyphs than the first")


def instance_repeatability(subject: Subject, case: SourceCase) -> None:
    """Two instances with the same settings load the same glyphs."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    # Other laws check what depends on its surroundings.
    if moved.digest != first.digest:
        again = WatchedSource(subject, case).loading(state=case.seed)
        demand(again.digest == first.digest, "two instances load different glyphs")


def environment_independence(subject: Subject, case: SourceCase) -> None:
    """Its glyphs do not depend on the working directory, the home or global generators."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    message = "the glyphs change with the working directory, the home or the global generators"
    demand(moved.digest == first.digest, message)


def global_randomness(subject: Subject, case: SourceCase) -> None:
    """It neither uses nor seeds the global generators of `random`, numpy and torch."""
    moved = _first(subject, case).moved
    demand(not moved, f"it uses or seeds {moved}: draw from a Stream instead")


def fingerprint_stability(subject: Subject, case: SourceCase) -> None:
    """Its fingerprint is a string, and stays the same while its data stay the same."""
    first, (moved, _) = _first(subject, case), _moved(subject, case)
    prints = [*first.fingerprints, *moved.fingerprints]
    kinds = {type(each).__name__ for each in prints}
    demand(kinds == {"str"}, f"a fingerprint must be a str, got {', '.join(sorted(kinds))}")
    listed = ", ".join(sorted({repr(each) for each in prints}))
    demand(len(set(prints)) == 1, f"one source has several fingerprints: {listed}")


def split_disjointness(subject: Subject, case: SourceCase) -> None:
    """No image is in two of the splits train, valid and test."""
    copies = _first(subject, case).copies
    counts = ", ".join(f"{count} in {splits}" for splits, count in copies.items())
    demand(not copies, f"images that are in two splits: {counts}")


def ink_polarity(subject: Subject, case: SourceCase) -> None:
    """Paper is black and ink white: most pixels are dark, and most of those at the edges."""
    loading = _first(subject, case)
    for share, where in ((loading.dark_share, "all"), (loading.dark_edge_share, "edge")):
        demand(share > _HALF, f"only {share:.0%} of {where} pixels are dark: is the ink black?")
    message = f"only {loading.inked_share:.0%} of the images have a pixel of at least half the ink"
    demand(loading.inked_share >= _HALF, message)


def progress_reports(subject: Subject, case: SourceCase) -> None:
    """The progress that it reports rises, from 0 to at most the reported total."""
    reports = _first(subject, case).progress
    if not reports:
        raise NotApplicableError("it reports no progress")
    for done, total in reports:
        demand(0 <= done <= total, f"it reports {done} of {total} as done")
    for (before, total), (after, other) in pairwise(reports):
        # A download and the reading of it may have different totals.
        demand(total != other or before <= after, f"it reports {after} of {total} after {before}")


def write_confinement(subject: Subject, case: SourceCase) -> None:
    """It writes nothing into the working directory or the user's home."""
    _, left = _moved(subject, case)
    if left is None:
        raise NotApplicableError("it does not find its data from another working directory")
    demand(not left, f"it wrote {', '.join(left)}: write into context.cache_folder instead")


def setting_effects(subject: Subject, case: SourceCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""

    def behaviour(settings: dict[str, Any]) -> bytes:
        loading = _first(subject, case.model_copy(update={"settings": settings}))
        return f"{loading.digest} {loading.fingerprints[0]}".encode()

    check_setting_effects(subject, behaviour)


def _source(subject: Subject, case: SourceCase) -> WatchedSource:
    return subject.once(_key("source", case), lambda: WatchedSource(subject, case))


def _first(subject: Subject, case: SourceCase) -> Loading:
    """The first loading. It may take seconds, so all laws share it."""
    return _loading(subject, case, "first")


def _loading(subject: Subject, case: SourceCase, which: str) -> Loading:
    source = _source(subject, case)
    return subject.once(_key(which, case), lambda: source.loading(state=case.seed))


def _moved(subject: Subject, case: SourceCase) -> tuple[Loading, list[str] | None]:
    """A loading of another instance in other surroundings, and the files that it wrote there.

    If its path is relative and its data are not found there, it is loaded here, with None.
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


_OWN: Final[dict[LawCheck, tuple[str, ...]]] = {
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
    # Loading is slow, so cases differ only in their settings.
    {},
    (
        Law.of(construction),
        Law.of(symbol_coverage, needs=_FOUNDATION[:1]),
        *(Law.of(check, needs=(*_FOUNDATION, *needs)) for check, needs in _OWN.items()),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
