"""The audit finds each broken plug-in by the check of the law it breaks, and by no other."""

from pathlib import Path

import numpy as np
import pytest
import torch

from seqreason.data import GlyphBank
from seqreason.errors import SpecError
from seqreason.evaluation.audit import Audit, Finding, audit, stream_checks
from seqreason.evaluation.audit.findings import Check, passed
from seqreason.evaluation.audit.glyph_checks import (
    UsedGlyphs,
    difference_hashes,
    disjoint_by_content,
    disjoint_by_identity,
    disjoint_from,
)
from seqreason.evaluation.audit.possible import Possible
from seqreason.evaluation.audit.shortcuts import best_accuracy
from seqreason.interfaces import EnumerableGenerator
from seqreason.registry import load_registry
from seqreason.spec import load_benchmark
from seqreason.structures.sequences import Hypotheses, Sequences

HERE = Path(__file__).parent.parent
SMALL = ["source.writers=20", "source.glyphs_per_letter=1"]


@pytest.fixture(scope="module")
def registry():
    return load_registry([str(HERE / "tiny_plugins.py"), str(HERE / "broken_plugins.py")])


@pytest.fixture
def audited(make_data, registry, monkeypatch):
    """Audits the tiny benchmark with some of its parts changed.

    One process draws its items besides this one; for packaged specs 1, 2 and 4 do.
    """
    monkeypatch.setattr(stream_checks, "_NUM_WORKERS", (1,))

    def audited(seed=0, **parts):
        data = make_data(source={"kind": "pictures"}, generator={"kind": "honest"}) | parts
        return audit(load_benchmark(data, registry), registry, seed=seed)

    return audited


def finding(result, check):
    (found,) = [one for one in result.findings if one.check == check]
    return found


def assert_violates(result, *checks):
    """Exactly *checks* are violated."""
    assert {one.check: one.message for one in result.of_verdict("violated")}.keys() == set(checks)


def test_assert_violates_fails_on_one_violation_too_many_or_too_few():
    result = Audit((Finding("ceiling", 5, "violated", "low"), Finding("balance", 4, "noted", "")))
    assert_violates(result, "ceiling")
    for others in ([], ["ceiling", "balance"], ["balance"]):
        with pytest.raises(AssertionError):
            assert_violates(result, *others)


def test_an_honest_benchmark_is_clean(audited):
    result = audited()
    assert_violates(result)
    assert result.is_clean
    assert (result.num_ran, result.num_skipped, result.num_violated) == (18, 0, 0)
    assert {one.law for one in result.findings} == {1, 3, 4, 5}


def test_augmented_training_is_audited_as_a_shift_of_its_own(audited):
    training = {"augmentation": {"lengths": [2, 3], "rotation_degrees": 20}}
    result = audited(generator={"kind": "normal"}, training=training)
    assert result.is_clean
    augmented = {one.check for one in result.findings if one.check.endswith("/train")}
    assert {"same-in-any-batch/train", "streams-differ/train", "ceiling/train"} <= augmented


@pytest.mark.parametrize(
    ("generator", "checks", "message"),
    [
        ("one-state", ["same-in-any-batch", "same-by-any-worker"], "its symbols, glyphs, frames"),
        ("ignores-stream", ["streams-differ"], "valid of seed 0 share 100.0 % of their items"),
        (
            "seed-plus-index",
            ["streams-differ"],
            "train of seed 0 and train of seed 1 share 100.0 % of their items, which come one item "
            "earlier in the second; chance explains at most 3.",
        ),
        ("twice", ["streams-differ"], "of its items twice in a row"),
        ("unlisted-ignores-stream", ["streams-differ"], "share 100.0 % of their items"),
        ("outside", ["symbols"], "a symbol that is not one of 0 … 25, such as 26 in ["),
        ("talks", ["symbols"], "symbols after the answer must be padding (-1)"),
        ("undeclared", ["drawn-as-declared"], "drawn sequences are not declared, such as ["),
        ("wrong-frequencies", ["drawn-as-declared"], "not as frequent as declared"),
        ("wrong-sum", ["drawn-as-declared"], "sum to 0.500000, not 1"),
        ("background-hints", ["appearance"], "first frame's background and the last frame's"),
        ("angle-hints", ["appearance"], "depends on the last frame's rotation degrees (p = "),
        ("last-hints", ["shortcuts"], "the last symbol alone gives the answer"),
        ("same-answer", ["shortcuts"], "the best answer is always the same"),
        ("other-in-workers", ["same-by-any-worker"], "item 0 is different with 1 worker"),
        ("fails-in-workers", ["same-by-any-worker"], "RuntimeError: no place to draw in"),
        (
            "cannot-count",
            ["streams-differ", "drawn-as-declared", "ceiling", "shortcuts"],
            "the check could not be finished: ZeroDivisionError: there are none (",
        ),
    ],
)
def test_a_broken_generator_is_caught(audited, generator, checks, message):
    result = audited(generator={"kind": generator})
    assert_violates(result, *checks)
    assert not result.is_clean
    assert message in finding(result, checks[0]).message


def test_checks_that_depend_on_proper_symbols_are_skipped_without_them(audited):
    result = audited(generator={"kind": "outside"})
    reasons = {one.message for one in result.of_verdict("skipped")}
    assert reasons == {"its symbols are not in the alphabet"}
    assert result.num_skipped == 11


def test_checks_without_an_enumeration_are_skipped_with_the_reason(audited):
    result = audited(generator={"kind": "unlisted"})
    assert_violates(result)
    assert {one.check: one.message for one in result.of_verdict("skipped")} == dict.fromkeys(
        ["drawn-as-declared", "ceiling", "shortcuts"],
        "the generator cannot enumerate its sequences",
    )


@pytest.mark.parametrize(
    ("source", "checks", "message"),
    [
        (
            "other-each-time",
            ["source-repeats"],
            "other-each-time loads different glyphs each",
        ),
        ("all-copies", ["glyphs-by-content"], "every test glyph of A is an exact copy"),
    ],
)
def test_a_broken_source_is_caught(audited, source, checks, message):
    result = audited(source={"kind": source})
    assert_violates(result, *checks)
    assert message in finding(result, checks[0]).message


@pytest.mark.parametrize(
    ("source", "check", "details"),
    [
        ("five-copies", "copies-removed", {"copies": 5}),
        ("near-copies", "near-copies", {"similar": {"valid": 0, "test": 78}}),
        ("two-labels", "one-image-one-label", {"images": 1}),
    ],
)
def test_what_is_odd_about_a_source_is_noted(audited, source, check, details):
    result = audited(source={"kind": source})
    assert_violates(result)
    assert finding(result, check).verdict == "noted"
    assert finding(result, check).details == details


def test_a_shift_whose_own_source_tests_with_training_glyphs_is_caught(audited):
    result = audited(evaluation={"shifted": {"others": {"source": {"kind": "other-way-round"}}}})
    assert_violates(result, "glyphs-by-content")
    assert "every test glyph of A is an exact copy" in finding(result, "glyphs-by-content").message


def test_training_glyphs_in_a_shift_s_own_source_are_noted(audited):
    result = audited(evaluation={"shifted": {"others": {"source": {"kind": "five-copies"}}}})
    assert_violates(result)
    assert finding(result, "copies-removed").details == {"copies": 0}
    assert finding(result, "copies-removed/others").details == {"copies": 5}
    assert finding(result, "glyphs-by-content/others").verdict == "passed"


def test_a_bank_that_tests_with_another_s_training_glyphs_is_caught(registry):
    banks = []
    for name in ("pictures", "other-way-round"):
        source = registry.find("source", name).plugin
        glyphs = source(source.Config(), None).load()
        banks.append(GlyphBank(glyphs, device=torch.device("cpu")))
    assert disjoint_from(*banks).verdict == "violated"
    assert disjoint_from(*banks).details == {"shared": 78}
    assert disjoint_from(banks[0], banks[0]).verdict == "passed"


def test_a_shift_is_audited_under_its_name(audited):
    result = audited(
        generator={"kind": "normal"}, evaluation={"shifted": {"short": {"lengths": [1, 1]}}}
    )
    assert_violates(result)
    assert finding(result, "ceiling").details["ceiling_accuracy"] == pytest.approx(1)
    short = finding(result, "ceiling/short")
    assert (short.verdict, short.details["ambiguous_share"]) == ("noted", pytest.approx(1))
    assert short.details["ceiling_accuracy"] < 0.2


def test_a_reasoner_that_mixes_sequences_is_caught(audited):
    result = audited(reasoner={"kind": "mixes"})
    assert_violates(result, "sequences-apart")
    assert (
        "changes with another sequence of its batch" in finding(result, "sequences-apart").message
    )


@pytest.mark.parametrize("handoff", ["hard", "soft"])
@pytest.mark.parametrize(
    ("changes", "by_forcing", "by_frames"),
    [
        ({}, [1, 2, 3], [1, 2, 3]),
        ({"prediction": {"bidirectional": False}}, [], [1, 2, 3]),
        ({"perception": {"bidirectional": False}}, [1, 2, 3], [1, 2, 3]),
        ({"bidirectional": False}, [], []),
    ],
)
def test_a_leak_names_its_route_and_positions(audited, changes, by_forcing, by_frames, handoff):
    reasoner = {"kind": "recurrent", "hidden": 16, "layers": 1, "handoff": handoff}
    result = audited(reasoner=reasoner | changes)
    assert_violates(result)
    assert finding(result, "leak-by-forcing").details["positions"] == by_forcing
    assert finding(result, "leak-by-frames").details["positions"] == by_frames


def test_a_leak_says_what_it_means(audited):
    leak = finding(audited(), "leak-by-forcing")
    assert leak.verdict == "noted"
    assert leak.message == (
        "prediction can read its own answer at positions 1 … 3 of 4 through the symbols that are "
        "forced on it in training; prediction_accuracy over all positions says little, so use the "
        "last position alone"
    )


def test_a_reasoner_that_reads_no_other_frame_leaks_nothing(audited):
    result = audited(reasoner={"kind": "frame-by-frame"})
    assert_violates(result)
    for check in ("leak-by-forcing", "leak-by-frames", "sequences-apart"):
        assert finding(result, check).verdict == "passed"


def test_an_encoder_that_raises_is_a_violation_that_names_the_error(audited):
    result = audited(encoder={"kind": "explodes"})
    assert_violates(result, "leak-by-forcing", "leak-by-frames", "sequences-apart")
    assert "ZeroDivisionError: the encoder exploded" in finding(result, "sequences-apart").message


def test_parts_that_do_not_fit_are_skipped_with_their_reason(audited):
    result = audited(encoder={"kind": "refuses"})
    assert_violates(result)
    for one in result.of_verdict("skipped"):
        assert one.message == "encoder refuses: needs frames of three channels"
    assert result.num_skipped == 3


def test_a_rule_that_needs_one_symbol_is_noted(audited):
    result = audited(generator={"kind": "easy", "differences": [2, 2]})
    assert_violates(result)
    assert finding(result, "shortcuts").verdict == "noted"
    assert finding(result, "shortcuts").message.startswith("the rule itself needs one symbol only")


@pytest.mark.parametrize("name", ["quickstart", "easy", "normal"])
@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.slow)])
def test_a_packaged_spec_is_clean(registry, name, seed):
    result = audit(load_benchmark(name, registry, overrides=SMALL), registry, seed=seed)
    assert_violates(result)
    assert result.is_clean


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "normal-ocr",
        pytest.param("easy-ocr", marks=pytest.mark.slow),
        pytest.param("normal-posterior-ocr", marks=pytest.mark.slow),
    ],
)
def test_a_packaged_spec_of_real_handwriting_is_clean(registry, letters_file, name):
    overrides = [f"source.path={letters_file}"]
    result = audit(load_benchmark(name, registry, overrides=overrides), registry, seed=0)
    assert_violates(result)
    leak = "passed" if name == "normal-posterior-ocr" else "noted"
    assert finding(result, "leak-by-forcing").verdict == leak


def test_a_seed_out_of_range_is_refused(audited):
    with pytest.raises(SpecError, match="a seed is an integer from 0"):
        audited(seed=2**64)


def test_the_greatest_seed_can_be_audited(audited):
    assert_violates(audited(seed=2**64 - 1))


def test_torch_is_left_as_it_was(audited):
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    audited()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


def test_nothing_checked_is_not_clean():
    assert not Audit(()).is_clean
    assert not Audit((Finding("ceiling", 5, "skipped", "no reason"),)).is_clean
    assert Audit((Finding("ceiling", 5, "noted", "low"),)).is_clean


def test_a_check_names_the_line_that_raised_an_error():
    def fails():
        raise KeyError("symbols")

    found = Check("balance", 4, fails).finding()
    assert found.verdict == "violated"
    assert "KeyError: 'symbols' (" in found.message
    assert f"{__file__}, line" in found.message


def test_a_check_passes_its_figures_on():
    found = Check("balance", 4, lambda: passed("even", share=0.5)).finding()
    assert found == Finding("balance", 4, "passed", "even", {"share": 0.5})


def test_used_glyphs_are_all_of_the_bank_with_their_splits(glyphs):
    used = UsedGlyphs.of(GlyphBank(glyphs, device=torch.device("cpu")))
    assert sorted(used.places.tolist()) == list(range(len(glyphs.labels)))
    assert (used.splits == glyphs.splits[used.places]).all()
    assert (used.labels == glyphs.labels[used.places]).all()
    assert (used.images == glyphs.images[used.places]).all()


def test_a_glyph_of_two_splits_is_caught_by_identity_and_by_content():
    images = np.zeros((3, 8, 8), dtype=np.uint8)
    used = UsedGlyphs(np.array([0, 1, 0]), np.array([0, 0, 2]), np.zeros(3, dtype=int), images)
    assert disjoint_by_identity(used).verdict == "violated"
    assert disjoint_by_identity(used).details == {"shared": {"valid": 0, "test": 1}}
    by_content = disjoint_by_content(used, np.array([4, 5, 5]))
    assert by_content.message == (
        "splits share images: 0 of valid and 1 of test are also in an earlier split"
    )
    assert disjoint_by_content(used, np.array([4, 5, 6])).verdict == "passed"


@pytest.mark.parametrize("size", [(8, 9), (16, 18), (28, 28), (5, 7)])
def test_a_difference_hash_is_that_of_averages_one_part_at_a_time(size):
    height, width = size
    image = np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)
    # Each pixel is cut into 72×72 pieces, so that every part holds whole pieces.
    pieces = np.kron(image, np.ones((8, 9)))
    parts = pieces.reshape(8, height, 9, width).mean(axis=(1, 3))
    expected = np.packbits((parts[:, 1:] - parts[:, :-1] > 0.5).ravel()).view(np.uint64)
    assert difference_hashes(image[None]).tolist() == expected.tolist()


class Few(EnumerableGenerator):
    """0 1 → 2 or 3, 4 1 → 2, and with one symbol 1 → 2; the first is declared in two halves."""

    def __init__(self):
        pass

    def draw(self, stream, examples):
        raise NotImplementedError

    def length_probabilities(self):
        return {2: 0.8, 1: 0.2, 3: 0.0}

    def hypotheses(self, length):
        if length == 1:
            return Hypotheses(np.array([[1, 2]]), np.ones(1))
        rows = np.array([[0, 1, 2], [0, 1, 2], [0, 1, 3], [4, 1, 2]])
        return Hypotheses(rows, np.array([0.125, 0.125, 0.25, 0.5]))


def test_what_is_possible_holds_each_sequence_once_with_its_probability():
    possible = Possible.of(Few())
    rows = zip(possible.symbols.tolist(), possible.probabilities.round(9).tolist(), strict=True)
    assert list(rows) == [([0, 1, 2], 0.2), ([0, 1, 3], 0.2), ([1, 2, -1], 0.2), ([4, 1, 2], 0.4)]
    assert possible.lengths.tolist() == [2, 2, 1, 2]
    assert possible.answers.tolist() == [2, 3, 2, 2]
    assert possible.last_shown.tolist() == [1, 1, 1, 1]


def test_shares_by_enumeration_are_those_worked_out_by_hand():
    possible = Possible.of(Few())
    assert possible.ambiguous_share() == pytest.approx(0.4)
    assert best_accuracy(possible.last_shown, possible) == pytest.approx(0.8)
    assert best_accuracy(possible.symbols[:, 0], possible) == pytest.approx(0.8)


def test_a_drawn_sequence_is_found_among_the_possible_whatever_its_padding():
    from seqreason.structures.appearance import Appearance

    symbols = np.array([[4, 1, 2, -1], [1, 2, -1, -1], [1, 3, -1, -1]])
    drawn = Sequences(symbols, np.array([2, 1, 1]), Appearance(np.zeros((3, 3), dtype=bool)))
    assert Possible.of(Few()).places_of(drawn).tolist() == [3, 2, -1]
