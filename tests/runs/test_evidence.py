"""Evidence: what the cells of several arms show, and the sentences about it."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seqreason.errors import DataError, StoreError
from seqreason.reports.evidence_table import evidence_rows
from seqreason.reports.sentences import claim_sentence, evidence_sentences, search_sentence
from seqreason.runs import CellResult, Results
from seqreason.runs.search.search_result import SearchResult
from seqreason.spec import Contrast, Question
from seqreason.statistics import paired_difference, unpaired_difference

VERSIONS = {"source dots": {"version": "1"}, "generator normal": {"version": "1"}}


@pytest.fixture
def cell(tmp_path):
    """Makes a finished cell that answered the first *num_right* of 200 items correctly."""

    def cell(arm, seed, num_right, *, data="x", test="test", metrics=None, **spec):
        folder = tmp_path / f"{arm}-{seed}"
        folder.mkdir()
        settings = {"source": {"kind": "dots"}, "generator": {"kind": "normal"}, **spec}
        settings["evaluation"] = {"examples": 200, "shifted": {}}
        identity = {"spec": settings, "plugins": VERSIONS, "data": data}
        (folder / "cell.json").write_text(json.dumps(identity))
        predictions = ["a"] * num_right + ["b"] * (200 - num_right)
        table = {"test": [test] * 200, "target": ["a"] * 200, "prediction": predictions}
        pl.DataFrame(table).write_parquet(folder / "predictions.parquet")
        name = "test_accuracy" if test == "test" else f"test_accuracy/{test}"
        found = {name: num_right / 200, "calibration_error": 0.01, **(metrics or {})}
        return CellResult(
            f"{arm}{seed}", "tiny", arm, seed, "finished", metrics=found, folder=str(folder)
        )

    return cell


def right(num_right):
    return [True] * num_right + [False] * (200 - num_right)


@pytest.fixture
def asked(cell):
    """The evidence of arms given by how many of 200 each seed got right: soft against hard."""

    def asked(soft, hard, **question):
        cells = [cell("hard", seed, number) for seed, number in enumerate(hard)]
        cells += [cell("soft", seed, number) for seed, number in enumerate(soft)]
        made = Question((Contrast("soft", "hard"),), **question)
        return made, *Results(tuple(cells), made).evidence()

    return asked


def test_an_arm_of_several_seeds_has_an_interval_over_seeds_and_items(asked):
    _, (hard, soft), _ = asked([150, 160, 170], [150, 150, 150])
    assert (hard.arm, hard.seeds, hard.covers) == ("hard", (0, 1, 2), "seeds and items")
    assert soft.estimate.estimate == pytest.approx(0.8)
    assert soft.estimate.low < 0.8 < soft.estimate.high


def test_an_arm_of_one_seed_has_an_interval_over_items_only(asked):
    _, (hard, _), (found,) = asked([160], [150])
    assert hard.covers == "items"
    assert found.covers == "items"
    assert found.detectable is None


def test_a_contrast_is_paired_by_seed_and_item(asked):
    _, _, (found,) = asked([150, 162, 170], [148, 155, 161])
    expected = paired_difference(
        [right(150), right(162), right(170)], [right(148), right(155), right(161)]
    )
    assert found.is_paired
    assert found.difference == expected.interval
    assert found.p_value == found.corrected_p == expected.p_value
    assert found.by_seed == pytest.approx((0.01, 0.035, 0.045))


def test_p_values_are_corrected_over_all_contrasts(cell):
    cells = [cell("hard", seed, 150) for seed in range(3)]
    cells += [cell("a", seed, 160 + seed) for seed in range(3)]
    cells += [cell("b", seed, 150 + 2 * seed) for seed in range(3)]
    question = Question((Contrast("a", "hard"), Contrast("b", "hard")))
    _, (first, second) = Results(tuple(cells), question).evidence()
    assert first.corrected_p == pytest.approx(2 * first.p_value)
    assert second.corrected_p == pytest.approx(second.p_value)


def test_arms_on_other_items_are_not_paired(cell):
    cells = [cell("hard", seed, 150 + seed) for seed in range(3)]
    cells += [cell("soft", seed, 160 - seed, generator={"kind": "easy"}) for seed in range(3)]
    question = Question((Contrast("soft", "hard"),))
    _, (found,) = Results(tuple(cells), question).evidence()
    expected = unpaired_difference(
        [right(160), right(159), right(158)], [right(150), right(151), right(152)]
    )
    assert not found.is_paired
    assert found.difference == expected.interval
    assert found.p_value == expected.p_value
    (message,) = evidence_sentences(question, _, [found])
    assert "not tested on the same items" in message


@pytest.mark.parametrize("difference", [{"data": "y"}, {"source": {"kind": "strokes"}}])
def test_other_data_are_other_items(cell, difference):
    cells = (cell("hard", 0, 150), cell("soft", 0, 160, **difference))
    _, (found,) = Results(cells, Question((Contrast("soft", "hard"),))).evidence()
    assert not found.is_paired


def test_other_training_is_on_the_same_items(cell):
    cells = (cell("hard", 0, 150), cell("soft", 0, 160, training={"epochs": 3}))
    _, (found,) = Results(cells, Question((Contrast("soft", "hard"),))).evidence()
    assert found.is_paired


def test_only_common_seeds_are_paired(cell):
    cells = [cell("hard", seed, 150 + seed) for seed in (0, 1, 2)]
    cells += [cell("soft", seed, 160 - seed) for seed in (1, 2, 3)]
    _, (found,) = Results(tuple(cells), Question((Contrast("soft", "hard"),))).evidence()
    assert found.by_seed == pytest.approx((0.04, 0.03))


def test_a_metric_that_is_not_a_share_of_items_is_paired_by_seed(cell):
    values = {"hard": (0.3, 0.31, 0.35), "soft": (0.2, 0.22, 0.21)}
    cells = tuple(
        cell(arm, seed, 150, metrics={"prediction_loss": value})
        for arm, of_arm in values.items()
        for seed, value in enumerate(of_arm)
    )
    question = Question((Contrast("soft", "hard"),), metric="prediction_loss")
    (hard, _), (found,) = Results(cells, question).evidence()
    assert (hard.covers, found.covers) == ("seeds", "seeds")
    assert found.difference.estimate == pytest.approx(-0.11)
    # A lower loss is better.
    assert found.finding == "better"


def test_a_shifted_test_is_compared_by_its_own_answers(cell):
    cells = tuple(
        cell(arm, seed, number + seed, test="far")
        for arm, number in (("hard", 100), ("soft", 120))
        for seed in range(3)
    )
    question = Question((Contrast("soft", "hard"),), metric="test_accuracy/far")
    _, (found,) = Results(cells, question).evidence()
    assert found.difference.estimate == pytest.approx(0.1)


def test_a_metric_without_items_or_common_seeds_cannot_be_compared(cell):
    cells = (
        cell("hard", 0, 150, metrics={"curve_accuracy": 0.5}),
        cell("soft", 1, 150, metrics={"curve_accuracy": 0.6}),
    )
    question = Question((Contrast("soft", "hard"),), metric="curve_accuracy")
    with pytest.raises(DataError, match="soft and hard have neither seeds in common"):
        Results(cells, question).evidence()


def test_a_contrast_with_an_arm_that_has_no_finished_cell_is_left_out(cell):
    failed = CellResult("", "tiny", "soft", 0, "failed", reason="it broke")
    arms, contrasts = Results(
        (cell("hard", 0, 150), failed), Question((Contrast("soft", "hard"),))
    ).evidence()
    assert [arm.arm for arm in arms] == ["hard"]
    assert contrasts == []


def test_unreadable_answers_are_an_error_with_the_fix(cell):
    broken = cell("hard", 0, 150)
    (Path(broken.folder) / "predictions.parquet").write_bytes(b"no parquet")
    with pytest.raises(StoreError, match=r"predictions.parquet: cannot be read .* run the cell"):
        Results((broken,)).evidence()


@pytest.mark.parametrize(
    ("soft", "hard", "smallest", "finding", "verdict"),
    [
        ([160, 171, 182], [150, 160, 170], None, "better", "supported"),
        ([150, 160, 170], [160, 171, 182], None, "worse", "not supported"),
        ([150, 160, 171], [150, 161, 170], 0.02, "equivalent", "not supported"),
        ([150, 160, 171], [150, 161, 170], None, "inconclusive", "inconclusive at this size"),
        ([150, 190, 140], [150, 160, 170], 0.02, "inconclusive", "inconclusive at this size"),
    ],
)
def test_a_finding_follows_from_interval_and_p_value(asked, soft, hard, smallest, finding, verdict):
    _, _, (found,) = asked(soft, hard, smallest_difference=smallest)
    assert (found.finding, found.verdict) == (finding, verdict)


def test_a_single_contrast_and_its_claim_are_a_sentence_each(asked):
    question, arms, contrasts = asked([160, 171, 182], [150, 160, 170], claim="soft is better")
    assert evidence_sentences(question, arms, contrasts) == [
        "Over 3 seeds: “soft” is better than “hard”: +5.50 points in test_accuracy "
        "(95 % interval +4.26 to +6.74, p = 0.003).",
        "The claim “soft is better” is supported.",
    ]


def test_an_inconclusive_difference_comes_with_the_difference_that_would_be_found(asked):
    question, arms, contrasts = asked([150, 190, 140], [150, 160, 170])
    (message,) = evidence_sentences(question, arms, contrasts)
    assert "“soft” is not shown to differ from “hard”: +0.00 points" in message
    assert message.endswith(
        "With 3 seeds, only differences above about 49 points would be found (80 % power)."
    )


def test_the_sentence_of_a_single_seed_is_limited_to_its_models(asked):
    question, arms, contrasts = asked([190], [100])
    (message,) = evidence_sentences(question, arms, contrasts)
    assert message.endswith(" This holds for these trained models; other seeds may differ.")


def test_several_contrasts_are_counted_and_so_is_a_split_claim(cell):
    cells = [cell("hard", seed, 150 + 4 * (seed % 2)) for seed in range(4)]
    cells += [cell("good", seed, 170 + seed + 4 * (seed % 2)) for seed in range(4)]
    cells += [cell("bad", seed, 120 + seed) for seed in range(4)]
    cells += [cell("odd", seed, 150 + 6 * seed) for seed in range(4)]
    arms = ("good", "bad", "odd")
    question = Question(tuple(Contrast(arm, "hard") for arm in arms))
    known, contrasts = Results(tuple(cells), question).evidence()
    (message,) = evidence_sentences(question, known, contrasts)
    assert message == (
        "Three comparisons over 4 seeds: “good” is better than “hard” by 10.75 points; “bad” is "
        "worse than “hard” by 15.25 points; the other one is inconclusive. With 4 seeds, only "
        "differences above about 11 points would be found (80 % power)."
    )
    assert claim_sentence(contrasts) == (
        "one comparison supports it; one contradicts it; one is inconclusive with this many seeds"
    )


@pytest.mark.parametrize(
    ("arms", "sentence", "claim"),
    [
        (
            {"a": [160, 171, 182], "b": [170, 181, 192]},
            "Two comparisons over 3 seeds: in both the arm is better, by up to 10.33 points (“b” "
            "against “hard”).",
            "The claim “it helps” is supported.",
        ),
        (
            {"a": [150, 160, 171], "b": [150, 161, 170], "c": [170, 181, 192]},
            "Three comparisons over 3 seeds: “c” is better than “hard” by 10.33 points; in two the "
            "difference is below 2.00 points.",
            "The claim “it helps”: one comparison supports it; two show a negligible difference.",
        ),
        (
            {"a": [150, 190, 140], "b": [151, 191, 141]},
            "Two comparisons over 3 seeds: both are inconclusive. With 3 seeds, only differences "
            "above about 68 points would be found (80 % power).",
            "The claim “it helps” is inconclusive at this size.",
        ),
    ],
)
def test_contrasts_with_one_finding_share_a_part_of_the_sentence(cell, arms, sentence, claim):
    known = {"hard": [150, 161, 170], **arms}
    cells = [cell(arm, seed, n) for arm, of in known.items() for seed, n in enumerate(of)]
    asked = tuple(Contrast(arm, "hard") for arm in arms)
    question = Question(asked, claim="it helps", smallest_difference=0.02)
    evidence = Results(tuple(cells), question).evidence()
    assert evidence_sentences(question, *evidence) == [sentence, claim]


@pytest.mark.parametrize(
    ("pruned", "failed", "message"),
    [
        (0, 0, "mine: the best of 9 trials has hidden 9"),
        (3, 1, "mine: the best of 9 trials (3 pruned, 1 failed) has hidden 9"),
    ],
)
def test_a_search_is_a_sentence_with_its_best_values(pruned, failed, message):
    search = SearchResult("mine", 9, pruned, failed, {"hidden": 9}, 0.9712)
    assert search_sentence(search) == (
        f"{message}, with a validation accuracy of 97.12 %; only this one was tested"
    )


def test_without_contrasts_there_are_no_sentences(cell):
    results = Results((cell("hard", 0, 150), cell("soft", 0, 160)))
    arms, contrasts = results.evidence()
    assert evidence_sentences(results.question, arms, contrasts) == []
    rows = evidence_rows(results.question, arms, contrasts)
    assert rows.headings == ["arm", "accuracy, % [95 %]", "ECE, %"]


def test_arms_are_below_the_arm_that_they_are_compared_with(asked):
    question, arms, contrasts = asked([160, 171, 182], [150, 160, 170])
    rows = evidence_rows(question, arms, contrasts)
    assert "against" not in rows.headings
    (section,) = rows.sections
    assert [row[0] for row in section] == ["hard", "soft"]
    assert section[1][2:5] == ["+5.50 [+4.26, +6.74]", "0.003", "better"]


def test_an_arm_in_several_contrasts_has_a_row_for_each(cell):
    cells = [
        cell(arm, seed, number + seed)
        for arm, number in (("a", 150), ("b", 140), ("c", 130))
        for seed in range(3)
    ]
    question = Question((Contrast("a", "b"), Contrast("a", "c")))
    rows = evidence_rows(question, *Results(tuple(cells), question).evidence())
    place = rows.headings.index("against")
    assert [(row[0], row[place]) for row in rows.sections[0]] == [
        ("a", "b"),
        ("", "c"),
        ("b", ""),
        ("c", ""),
    ]


def test_results_turn_into_data_frames(cell, monkeypatch):
    results = Results((cell("hard", 0, 150), cell("soft", 0, 160, metrics={"extra": 1.0})))
    table = results.to_polars()
    assert table["arm"].to_list() == ["hard", "soft"]
    assert table["extra"].to_list() == [None, 1.0]
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(Exception, match="pip install pandas"):
        results.to_pandas()


def test_evidence_is_the_same_every_time(cell):
    results = Results(tuple(cell("hard", seed, 150 + 9 * seed) for seed in range(3)))
    assert results.evidence() == results.evidence()
    assert np.isfinite(results.evidence()[0][0].estimate.low)
