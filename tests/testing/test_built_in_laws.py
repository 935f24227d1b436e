"""Every built-in plug-in keeps the laws of its kind; generators and sources have their own file."""

import pytest

from seqreason.registry import load_registry
from seqreason.testing import Effort, Subject, check_plugin

KINDS = ("encoder", "reasoner", "labels", "objective", "forcing", "executor", "tracker")
# They start workers, a cluster or a database for each law, or are large.
SLOW = {"processes", "ray", "submitit", "mlflow", "torchvision"}
PLUGINS = [
    pytest.param(
        each,
        id=f"{each.kind}-{each.name}",
        marks=[pytest.mark.slow] if each.name in SLOW else [],
    )
    for each in load_registry().all()
    if each.kind in KINDS and each.origin.distribution == "seqreason"
]


# Smaller than by their defaults, so that a case takes less time.
SMALL = {
    "recurrent": {"hidden": 8},
    "transformer": {"width": 16, "layers": 1},
    "residual-cnn": {"channels": [4, 8]},
    "frozen-random": {"channels": [4, 8]},
}


def assert_keeps_its_laws(registration, *, cases, given=None):
    subject = Subject.of(registration, given=given)
    conformity = check_plugin(subject, effort=Effort(cases=cases))
    assert [(outcome.law, outcome.message) for outcome in conformity.broken] == []
    assert conformity.is_green


@pytest.mark.parametrize("registration", PLUGINS)
def test_a_built_in_keeps_the_laws_of_its_kind(registration):
    assert_keeps_its_laws(registration, cases=2, given=SMALL.get(registration.name))


@pytest.mark.slow
@pytest.mark.parametrize("registration", PLUGINS)
def test_a_built_in_keeps_the_laws_of_its_kind_in_more_cases(registration):
    assert_keeps_its_laws(registration, cases=5)


def test_the_slow_plug_ins_exist():
    assert {each.name for each in load_registry().all()} >= SLOW
