"""Whole runs from Python: cells, their folders, and what is in their results."""

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

import seqreason
from seqreason.errors import SpecError, StoreError
from seqreason.runs import Cell
from seqreason.runs.store.cell_folder import CellFolder, CellLockedError
from seqreason.spec import load_benchmark

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
METRICS = {
    "perception_loss",
    "prediction_loss",
    "perception_accuracy",
    "prediction_accuracy",
    "train_accuracy",
    "valid_accuracy",
    "curve_accuracy",
    "calibration_error",
    "negative_log_likelihood",
    "brier_score",
    "perception_calibration_error",
    "perception_negative_log_likelihood",
    "perception_brier_score",
}
# What is told of the sequences of a test, its own or a shifted one.
TEST_METRICS = {
    "test_accuracy",
    "ceiling_accuracy",
    "perceived_ceiling_accuracy",
    "perceived_ceiling_error",
    "perception_errors",
    "reasoning_errors",
    "irreducible_errors",
}


@pytest.fixture
def run(make_data, tmp_path):
    def run(*overrides, **options):
        settings = {"plugins": [TINY_PLUGINS], "runs": tmp_path / "runs", **options}
        return seqreason.run(make_data(), overrides=overrides, **settings)

    return run


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Cells that are trained once, for the tests that only read them."""
    runs, cells = tmp_path_factory.mktemp("kept") / "runs", {}

    def kept(data, overrides):
        if overrides not in cells:
            (cells[overrides],) = seqreason.run(
                data, overrides=overrides, plugins=[TINY_PLUGINS], runs=runs
            )
        return cells[overrides]

    return kept


@pytest.fixture
def finished(kept, make_data):
    """The tiny benchmark's cell, trained once; it is not to be changed."""
    return kept(make_data(), ())


@pytest.fixture
def copied(finished, tmp_path):
    """A run folder of the test's own that holds that cell, and the cell's folder in it."""
    folder = Path(finished.folder)
    runs = shutil.copytree(folder.parent.parent, tmp_path / "runs")
    return runs / folder.relative_to(folder.parent.parent)


def test_a_run_gives_every_metric_of_the_contract(finished):
    assert set(finished.metrics) == METRICS | TEST_METRICS
    assert finished.status == "finished"
    assert finished.train_sequences == 120
    assert 0 < finished.train_seconds <= finished.seconds


SHIFTED = (
    "evaluation.shifted.longer.lengths=[9, 12]",
    "evaluation.shifted.noisy.source={kind: dots, noise: 90}",
)


def test_shifted_tests_have_metrics_of_their_own(kept, make_data):
    of_shifted = {f"{name}/{test}" for name in TEST_METRICS for test in ("longer", "noisy")}
    assert set(kept(make_data(), SHIFTED).metrics) == METRICS | TEST_METRICS | of_shifted


def test_a_shifted_test_may_have_another_source(kept, make_data, finished):
    shifted = kept(make_data(), SHIFTED)
    assert shifted.digest != finished.digest
    assert shifted.metrics["test_accuracy"] == finished.metrics["test_accuracy"]


def test_a_shifted_source_of_another_alphabet_is_refused(run):
    message = (
        r"evaluation.shifted.digits: source: its alphabet is 10 symbols 0 1 2 … 9, and that of"
    )
    with pytest.raises(SpecError, match=message):
        run("evaluation.shifted.digits.source={kind: ten-dots}")


def test_an_alphabet_of_any_size_goes_through_every_part(run):
    (cell,) = run(
        "source.kind=ten-dots", "generator.differences=[-2, 2]", "generator.lengths=[2, 4]"
    )
    assert cell.status == "finished", cell.reason
    assert {row["value"] for row in cell.breakdowns["target"]} <= set("0123456789")


def test_each_seed_is_a_cell(run):
    results = run(seeds=[3, 1])
    assert [cell.seed for cell in results] == [3, 1]
    assert len({cell.digest for cell in results}) == 2
    assert results.mean("test_accuracy") == sum(c.metrics["test_accuracy"] for c in results) / 2


def test_the_same_spec_and_seed_give_the_same_metrics_twice(run, finished):
    (again,) = run()
    assert not again.is_reused
    assert again.metrics == finished.metrics
    assert again.breakdowns == finished.breakdowns


def test_a_finished_cell_is_not_run_again(run, finished, copied):
    (again,) = run()
    assert (finished.is_reused, again.is_reused) == (False, True)
    assert Path(again.folder) == copied
    assert again.metrics == finished.metrics
    assert again.train_seconds == finished.train_seconds


def test_a_changed_setting_is_another_cell(run, copied):
    (changed,) = run("training.learning_rate=0.01")
    assert not changed.is_reused
    assert Path(changed.folder) != copied


def test_the_run_folder_holds_what_explains_the_cell(finished):
    folder = Path(finished.folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "cell.json",
        "errors.safetensors",
        "lock",
        "predictions.parquet",
        "result.json",
        "weights.safetensors",
    ]
    identity = json.loads((folder / "cell.json").read_text())
    assert identity["spec"]["benchmark"] == "tiny"
    assert identity["plugins"]["encoder residual-cnn"]["version"] == "1"
    assert any(name.startswith("encoder.") for name in load_file(folder / "weights.safetensors"))


def test_every_wrong_answer_has_one_cause(finished):
    metrics = finished.metrics
    causes = [metrics[f"{cause}_errors"] for cause in ("perception", "reasoning", "irreducible")]
    assert sum(causes) == pytest.approx(1 - metrics["test_accuracy"])
    assert metrics["perceived_ceiling_accuracy"] <= metrics["ceiling_accuracy"]


def test_the_worst_errors_are_kept_with_their_frames(finished):
    frames = load_file(Path(finished.folder) / "errors.safetensors")["frames"]
    assert 0 < len(finished.errors) <= 12
    assert len(frames) == sum(len(error["shown"]) for error in finished.errors)
    assert frames.dtype == np.uint8
    sureness = [error["confidence"] for error in finished.errors]
    assert sureness == sorted(sureness, reverse=True)


def test_reliability_is_kept_for_both_stages(finished):
    counts = {
        stage: sum(row["count"] for row in rows) for stage, rows in finished.reliability.items()
    }
    assert counts["prediction"] == 40
    assert counts["perception"] > 40


def test_a_generator_that_cannot_be_enumerated_has_no_ceilings(run):
    plugins = [TINY_PLUGINS, str(Path(__file__).parent.parent / "broken_plugins.py")]
    (cell,) = run("generator={kind: unlisted}", plugins=plugins)
    assert cell.status == "finished", cell.reason
    assert {cell.metrics[name] for name in TEST_METRICS - {"test_accuracy"}} == {None}
    assert {error["cause"] for error in cell.errors} == {""}


def test_the_environment_is_kept(finished):
    wanted = {"torch", "python", "seqreason", "threads", "device", "precision", "commit"}
    assert wanted <= set(finished.environment)
    assert finished.environment["data"]["copies_removed"] == 0
    assert finished.environment["data"]["glyphs"] == 702


def test_breakdowns_are_by_length_difference_and_target(finished):
    assert set(finished.breakdowns) == {"length", "difference", "target"}


def test_results_turn_into_rows_for_a_data_frame(run):
    results = run()
    (row,) = results.rows()
    assert row["benchmark"] == "tiny"
    assert row["test_accuracy"] == results.mean("test_accuracy")


def test_a_tracker_follows_the_training(run):
    (cell,) = run(trackers=["csv"])
    lines = (Path(cell.folder) / "measured.csv").read_text().splitlines()
    assert lines[0] == "step,metric,value"
    assert any(re.match(r"6,valid_accuracy,", line) for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"executor": "sequental"}, "unknown executor 'sequental': did you mean 'sequential'"),
        ({"trackers": ["cvs"]}, "unknown tracker 'cvs': did you mean 'csv'"),
        ({"seeds": [1, 1]}, "seeds: a seed stands twice"),
        ({"seeds": [-1]}, "seeds.0: Input should be greater than or equal to 0, got -1"),
        ({"seeds": [2**64]}, f"seeds.0: Input should be less than {2**64}, got {2**64}"),
    ],
)
def test_a_wrong_name_or_seed_is_reported_before_anything_is_written(
    run, tmp_path, options, message
):
    with pytest.raises(SpecError, match=message):
        run(**options)
    assert not (tmp_path / "runs").exists()


def test_a_failure_is_kept_and_tried_again(run):
    for _ in range(2):
        (cell,) = run("encoder.kind=explodes")
        assert cell.status == "failed"
        assert "ZeroDivisionError: the encoder exploded" in cell.reason
        (file,) = re.findall(r"traceback in (.*)\)", cell.reason)
        assert "ZeroDivisionError" in Path(file).read_text()


def test_an_encoder_that_cannot_be_made_is_named_with_the_line(run):
    (cell,) = run("encoder.kind=unmakeable")
    assert cell.status == "failed"
    message = (
        r"encoder unmakeable of .*tiny_plugins.py .* cannot be made: KeyError: 'size' \(.*, line"
    )
    assert re.search(message, cell.reason)


def test_one_cell_s_failure_does_not_stop_the_others(run):
    results = run("encoder.kind=explodes", seeds=[0, 1])
    assert [cell.status for cell in results] == ["failed", "failed"]


def test_parts_that_do_not_fit_are_skipped_with_the_reason(run, tmp_path):
    (cell,) = run("encoder.kind=refuses")
    assert cell.status == "skipped"
    assert cell.reason == "encoder refuses: needs frames of three channels"
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["store.json"]


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("source", "picky-source", "source picky-source: needs colours"),
        ("generator", "picky-generator", "generator picky-generator: knows no alphabet of 26"),
        ("loss.objective", "picky-objective", "objective picky-objective: knows no alphabet of 26"),
    ],
)
def test_whatever_part_does_not_fit_its_arm_is_skipped_and_the_others_run(
    make_data, tmp_path, path, kind, reason
):
    ablation = {
        "ablation": "mine",
        "baseline": make_data(),
        "changes": {"picky": {path: {"kind": kind}}},
        "seeds": [0],
    }
    fits, picky = seqreason.run(ablation, plugins=[TINY_PLUGINS], runs=tmp_path / "runs")
    assert fits.status == "finished"
    assert (picky.status, picky.reason) == ("skipped", reason)


def test_a_folder_that_cannot_be_made_is_reported_before_training(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"run folder .*file/runs: .*file is not a folder"):
        run(runs=tmp_path / "file" / "runs")


def test_a_folder_that_may_not_be_written_is_reported(run, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(StoreError, match=r"cannot be written to; choose another with --runs DIR"):
        run()


def test_a_damaged_result_is_reported_with_what_to_do(run, copied):
    (copied / "result.json").write_text("{")
    with pytest.raises(
        StoreError, match=r"result.json: cannot be read .*; delete .* to run it again"
    ):
        run()


def test_a_cell_that_is_taken_is_left_alone(tmp_path):
    first, second = CellFolder(tmp_path / "cell"), CellFolder(tmp_path / "cell")
    with first.claimed({}), pytest.raises(CellLockedError), second.claimed({}):
        pass
    with second.claimed({}):
        assert first.is_locked()


def test_a_full_disk_is_one_message_and_leaves_the_cell_unfinished(tmp_path, monkeypatch):
    folder = CellFolder(tmp_path / "cell")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with folder.claimed({}):
        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(StoreError, match=r"No space left on device.*--runs DIR"):
            folder.finish({}, {}, torch.zeros(0), None)
    assert folder.result() is None


def test_weights_may_be_read_by_whoever_may_read_the_result(tmp_path):
    folder = CellFolder(tmp_path / "cell")
    with folder.claimed({}):
        folder.finish({}, {"bias": torch.zeros(1)}, torch.zeros(0), None)
    modes = {path.stat().st_mode for path in folder.path.iterdir() if path.suffix != ""}
    assert len(modes) == 1


def test_the_digest_follows_the_data_and_the_seed(make_data, registry):
    spec = load_benchmark(make_data(), registry)
    digests = {
        Cell.of(spec, seed, registry, data_digest=data).digest
        for seed, data in ((0, "x"), (1, "x"), (0, "y"))
    }
    assert len(digests) == 3
