"""Searching a range: trials on validation alone, kept in the store, the winner tested once."""

import json
import shutil
from pathlib import Path

import pytest

import seqreason
from seqreason.errors import SpecError, TrainingError

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")


@pytest.fixture
def search(make_data, tmp_path):
    """Searches the learning rate of the tiny benchmark, by short trainings."""

    def search(*overrides, trials=4, seeds=(0,), runs=None, axes=None, **settings):
        data = make_data(
            training={"examples": 40, "epochs": 1, "batch_size": 20, "precision": "float32"},
            evaluation={"examples": 20, "valid_examples": 20, "train_examples": 20},
            seeds=seeds,
        )
        suite = {
            "suite": "tuned",
            "benchmarks": [data],
            "axes": axes or {"training.learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}},
            "search": {"trials": trials, **settings},
        }
        folder = runs or tmp_path / "runs"
        return seqreason.run(suite, overrides=overrides, plugins=[TINY_PLUGINS], runs=folder)

    return search


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """The folder of a search that the tests of this file share, and what came of it."""
    return {"runs": tmp_path_factory.mktemp("kept") / "runs"}


@pytest.fixture
def searched(search, kept):
    """The results of a search of four trials at two seeds, made once, and their run folder.

    Of so few trials none is pruned.
    """
    if "results" not in kept:
        kept["results"] = search(seeds=[0, 1], runs=kept["runs"])
    return kept["results"], kept["runs"]


@pytest.fixture
def copied(searched, tmp_path):
    """A run folder of the test's own that holds that search."""
    return shutil.copytree(searched[1], tmp_path / "runs")


def identities(runs):
    return [json.loads(path.read_text()) for path in runs.glob("tiny/*/cell.json")]


def test_the_winner_alone_is_tested_at_every_seed(searched):
    results, runs = searched
    (found,) = results.searches
    assert found.trials == 4
    assert [(cell.arm, cell.seed) for cell in results] == [("tiny", 0), ("tiny", 1)]
    rate = found.values["training.learning_rate"]
    cells = identities(runs)
    tested = [cell for cell in cells if "measured" not in cell]
    assert [cell["spec"]["training"]["learning_rate"] for cell in tested] == [rate, rate]
    trials = [cell for cell in cells if cell.get("measured") == "validation"]
    assert {cell["seed"] for cell in trials} == {0}
    assert len({cell["spec"]["training"]["learning_rate"] for cell in trials}) == 4


def test_a_trial_keeps_no_test_result(searched):
    kept = []
    for path in searched[1].glob("tiny/*/cell.json"):
        if "measured" in json.loads(path.read_text()):
            kept.append(json.loads((path.parent / "result.json").read_text())["metrics"])
            assert not (path.parent / "predictions.parquet").exists()
    assert len(kept) == 4
    assert all("valid_accuracy" in metrics for metrics in kept)
    assert not any(name.startswith(("test", "train")) for metrics in kept for name in metrics)


def test_the_winner_is_the_best_on_validation(searched):
    results, runs = searched
    (found,) = results.searches
    accuracies = {}
    for path in runs.glob("tiny/*/cell.json"):
        document = json.loads(path.read_text())
        if "measured" in document:
            result = json.loads((path.parent / "result.json").read_text())
            rate = document["spec"]["training"]["learning_rate"]
            accuracies[rate] = result["metrics"]["valid_accuracy"]
    assert len(set(accuracies.values())) > 1
    assert found.valid_accuracy == max(accuracies.values())
    assert accuracies[found.values["training.learning_rate"]] == found.valid_accuracy


@pytest.mark.slow
def test_a_search_is_a_function_of_its_seed(search, searched, tmp_path):
    results, _ = searched
    assert search().searches == results.searches
    assert search(runs=tmp_path / "other", seed=1).searches != results.searches


def test_a_search_goes_on_to_more_trials_as_if_it_had_not_stopped(search, searched):
    search(trials=2)
    assert search(trials=4).searches == searched[0].searches


def test_a_trial_that_a_dead_process_left_behind_is_tried_first(search, copied):
    from seqreason.runs.execution.trial import open_study

    (journal,) = (copied / "searches").glob("*.log")
    study = open_study(str(journal), journal.stem, is_pruned=True)
    left = study.ask()
    left.suggest_float("training.learning_rate", 0.001, 0.1, log=True)
    (found,) = search(trials=5).searches
    assert (found.trials, found.failed) == (5, 0)
    assert {trial.state.name for trial in study.get_trials()} <= {"COMPLETE", "PRUNED"}


def test_a_finished_search_is_not_run_again(search, copied):
    results = search(seeds=[0, 1])
    assert len(results) == 2
    assert all(cell.is_reused for cell in results)
    assert len(identities(copied)) == 6


def test_trials_at_a_time_are_as_many_as_asked(search):
    (found,) = search(trials=3, at_once=2).searches
    assert found.trials == 3


@pytest.mark.slow
def test_a_trial_that_is_behind_is_pruned(search):
    # With four trials to compare with, of rates this far apart some are hopeless.
    longer = ("training.examples=400", "training.epochs=2", "training.validate_steps=5")
    (found,) = search(*longer, trials=9).searches
    assert found.pruned > 0
    assert found.trials == 9


def test_every_option_of_the_other_axes_has_a_search_of_its_own(search):
    axes = {
        "reasoner.cell": ["gru", "lstm"],
        "reasoner.hidden": {"low": 4, "high": 8, "integer": True},
    }
    results = search(trials=1, axes=axes)
    assert [found.arm for found in results.searches] == ["tiny, gru", "tiny, lstm"]
    assert all(isinstance(found.values["reasoner.hidden"], int) for found in results.searches)
    assert [cell.arm for cell in results] == ["tiny, gru", "tiny, lstm"]


def test_a_search_of_which_no_trial_ends_is_reported(search):
    with pytest.raises(TrainingError, match="tiny: none of the 2 trials of the search came to an"):
        search("encoder.kind=explodes", trials=2)


def test_without_the_package_it_is_reported_what_to_install(search, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(SpecError, match=r"pip install 'seqreason\[search\]'"):
        search()
