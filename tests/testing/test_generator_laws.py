"""The laws of generators: their messages and exceptions; built-in generators keep all of them."""

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest
import torch

import seqreason
from seqreason.registry import Registration, load_registry
from seqreason.registry.manager import Origin
from seqreason.structures.sequences import Hypotheses, Sequences
from seqreason.testing import Effort, Examination, Subject, Verdict, check_plugin, laws_of
from seqreason.testing.laws.generators.enumeration import _matched
from seqreason.testing.laws.process.global_generators import global_generators_at

LAWS = [law.name for law in laws_of("generator").laws]
BUILT_IN = load_registry().of_kind("generator")


def _module():
    # Not with a registry, which would load it again under a name that other tests pickle by.
    path = Path(__file__).parent.parent / "known_bad" / "generators.py"
    spec = importlib.util.spec_from_file_location("known_bad_generators", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BAD = _module()


def of(plugin):
    return Registration("generator", plugin, Origin("mine", "tests", "1"))


def broken_message(bad, *examples):
    """The message of the one law that it breaks."""
    plugin = getattr(BAD, bad)
    subject = Subject.of(of(plugin), examples=examples or None)
    return Examination(subject, Effort(cases=2)).outcome(plugin.breaks).message


def name(registration):
    return registration.name


def checked(registration, cases):
    return check_plugin(Subject.of(registration), effort=Effort(cases=cases))


def outcome_of(plugin, law):
    return Examination(Subject.of(of(plugin)), Effort(cases=3)).outcome(law)


@pytest.mark.parametrize("registration", BUILT_IN, ids=name)
def test_a_built_in_one_keeps_every_law(registration):
    conformity = checked(registration, cases=1)
    assert [out.law for out in conformity.outcomes if out.verdict == Verdict.KEPT] == LAWS


@pytest.mark.slow
@pytest.mark.parametrize("registration", BUILT_IN, ids=name)
def test_a_built_in_one_keeps_every_law_in_many_cases(registration):
    assert checked(registration, cases=60).is_green


class Unlisted(seqreason.SequenceGenerator):
    """Draws as the good one does, but cannot enumerate its sequences."""

    name = "unlisted"
    Config = BAD.Fine.Config

    def __init__(self, config, context):
        self.listed = BAD.Fine(config, context)

    def draw(self, stream, examples):
        return self.listed.draw(stream, examples)


@pytest.mark.parametrize(
    "law",
    ["length-distribution", "hypothesis-distribution", "hypothesis-coverage",
     "draw-frequencies"],
)  # fmt: skip
def test_a_generator_that_cannot_enumerate_is_not_asked_to(law):
    assert outcome_of(Unlisted, law).verdict == Verdict.SKIPPED


class AlwaysTheSame(Unlisted):
    """The same example at every index."""

    name = "always-the-same"

    def draw(self, stream, examples):
        return self.listed.draw(stream, examples * 0)


def test_equal_examples_are_no_evidence_of_a_repetition():
    outcome = outcome_of(AlwaysTheSame, "example-distinctness")
    assert outcome.verdict == Verdict.SKIPPED
    assert outcome.message == "nearly all examples are equal, so a repetition proves nothing"


class WidensWithTheBatch(Unlisted):
    """Arrays as wide as the longest sequence of the batch, which is allowed."""

    name = "widens-with-the-batch"

    def draw(self, stream, examples):
        drawn = self.listed.draw(stream, examples)
        time = max(drawn.lengths, default=1)
        appearance = type(drawn.appearance)(drawn.appearance.inverted[:, :time])
        return Sequences(drawn.symbols[:, : time + 1], drawn.lengths, appearance, drawn.facts)


def test_padding_may_depend_on_the_batch():
    assert outcome_of(WidensWithTheBatch, "example-independence").verdict == Verdict.KEPT


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("DropsTheFirst", "1 indices gave 0 sequences"),
        ("GivesSymbols", "draw must return Sequences, got ndarray"),
        ("Seeds", "it uses or seeds numpy.random: draw from children of the stream instead"),
        ("ReadsAndPutsBack", "its sequences depend on the state of a global generator"),
        (
            "HasThirtyTwoBits",
            "a run of 9 examples occurs in two places: index 0 and index 4294967296",
        ),
        ("PadsWithA", "after the answer there must be PADDING, -1, got [0]"),
        ("GivesFractions", "the fact 'start' must hold whole numbers or words, got float64"),
        ("AddsInk", "ink_share must be 0 … 1, got 0.0"),
        ("ForgetsASequence", "it draws [0, 1], which hypotheses(1) lacks"),
        ("PrefersShortOnes", "lengths are not drawn as often as declared (p = "),
    ],
)
def test_a_broken_law_says_what_is_wrong(bad, message):
    assert broken_message(bad).startswith(message)


def test_sequences_that_two_rules_give_are_counted_once():
    listed = Hypotheses(np.array([[0, 1], [1, 2], [0, 1]]), np.array([0.25, 0.5, 0.25]))
    probabilities, counts = _matched(listed, np.array([[1, 2], [0, 1], [0, 1], [3, 3]]))
    assert sorted(zip(probabilities, counts, strict=True)) == [(0.0, 1), (0.5, 1), (0.5, 2)]


def test_global_generators_are_watched_and_restored():
    before = random.getstate()
    with global_generators_at(0) as moved:
        assert moved() == ""
        random.random()
        torch.rand(1)
        assert moved() == "random, torch's generator"
    assert random.getstate() == before


def test_a_plug_in_that_seeds_with_0_is_noticed():
    with global_generators_at(0) as moved:
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002  # as many plug-ins do
        assert moved() == "random, numpy.random"
