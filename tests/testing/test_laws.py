"""For each law a known-bad plug-in breaks it and no other: the mutation score of the kit."""

from pathlib import Path

import pytest

from seqreason.registry import load_registry
from seqreason.testing import ALL_LAWS, Effort, Examination, Subject, Verdict, laws_of

KNOWN_BAD = Path(__file__).parent.parent / "known_bad"
FILES = [str(path) for path in sorted(KNOWN_BAD.glob("*.py"))]
PLUGINS = [each for each in load_registry(FILES).all() if each.origin.plugin in FILES]
FINE = [each for each in PLUGINS if each.plugin.breaks is None]
BAD = [each for each in PLUGINS if each.plugin.breaks is not None]


def title(registration):
    return f"{registration.kind} {registration.name}"


def examined(registration):
    return Examination(Subject.of(registration), Effort(cases=3))


@pytest.mark.parametrize("registration", FINE, ids=title)
def test_the_good_one_keeps_every_law(registration):
    conformity = examined(registration).conformity()
    assert conformity.is_green
    assert conformity.num_ran == len(laws_of(registration.kind).laws)


@pytest.mark.parametrize("registration", BAD, ids=title)
def test_a_bad_one_breaks_its_law(registration):
    outcome = examined(registration).outcome(registration.plugin.breaks)
    assert outcome.verdict == Verdict.BROKEN
    assert outcome.message
    assert outcome.case is not None


@pytest.mark.slow
@pytest.mark.parametrize("registration", BAD, ids=title)
def test_a_bad_one_breaks_no_other_law(registration):
    conformity = examined(registration).conformity()
    assert [outcome.law for outcome in conformity.broken] == [registration.plugin.breaks]
    assert not conformity.is_green


@pytest.mark.parametrize("kind", [laws.kind for laws in ALL_LAWS])
def test_every_law_has_one_that_breaks_it(kind):
    broken = {each.plugin.breaks for each in BAD if each.kind == kind}
    assert broken == {law.name for law in laws_of(kind).laws}
