"""Searching a range: trials on the validation split, stored; only the best is tested."""

import json
from pathlib import Path

import pytest

import seqreason
from seqreason.errors import SpecError, TrainingError

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")


@pytest.fixture
def search(make_data, tmp_path):
    """Searches the learning rate of the tiny benchmark."""

    def search(*overrides, trials=4, runs="runs", axes=None, **settings):
        data = {
            "suite": "tuned",
            "benchmarks": [make_data(seeds=[0, 1])],
            "axes": axes or {"training.learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}},
            "search": {"trials": trials, **settings},
        }
        return seqreason.run(
            data, overrides=overrides, plugins=[TINY_PLUGINS], runs=tmp_path / runs
        )

    return search


def identities(runs):
    return [json.loads(path.read_text()) for path in runs.glob("tiny/*/cell.json")]


def test_only_the_best_trial_is_tested_at_every_seed(search, tmp_path):
    results = search()
    (found,) = results.searches
    assert found.trials == 4
    assert [(cell.arm, cell.seed) for cell in results] == [("tiny", 0), ("tiny", 1)]
    rate = found.values["training.learning_rate"]
    cells = identities(tmp_path / "runs")
    tested = [cell for cell in cells if "measured" not in cell]
    assert [cell["spec"]["training"]["learning_rate"] for cell in tested] == [rate, rate]
    trials = [cell for cell in cells if cell.get("measured") == "validation"]
    assert {cell["seed"] for cell in trials} == {0}
    assert len({cell["spec"]["training"]["learning_rate"] for cell in trials}) == 4


def test_a_trial_keeps_no_test_result(search, tmp_path):
    search(trials=2, pruning=False)
    kept = []
    for path in (tmp_path / "runs").glob("tiny/*/cell.json"):
        if "measured" in json.loads(path.read_text()):
            kept.append(json.loads((path.parent / "result.json").read_text())["metrics"])
            assert not (path.parent / "predictions.parquet").exists()
    assert len(kept) == 2
    assert all("valid_accuracy" in metrics for metrics in kept)
    assert not any(name.startswith(("test", "train")) for metrics in kept for name in metrics)


def test_the_best_trial_is_the_best_on_validation(search, tmp_path):
    (found,) = search(pruning=False).searches
    accuracies = {}
    for path in (tmp_path / "runs").glob("tiny/*/cell.json"):
        document = json.loads(path.read_text())
        if "measured" in document:
            result = json.loads((path.parent / "result.json").read_text())
            rate = document["spec"]["training"]["learning_rate"]
            accuracies[rate] = result["metrics"]["valid_accuracy"]
    assert found.valid_accuracy == max(accuracies.values())
    assert accuracies[found.values["training.learning_rate"]] == found.valid_accuracy


@pytest.mark.slow
def test_a_search_is_a_function_of_its_seed(search):
    first, second = search(runs="a").searches, search(runs="b").searches
    assert first == second
    assert search(runs="c", seed=1).searches != first


def test_a_search_resumes_with_more_trials_as_if_it_had_not_stopped(search):
    search(trials=2, runs="a")
    assert search(trials=4, runs="a").searches == search(trials=4, runs="b").searches


def test_a_trial_that_a_dead_process_left_comes_first(search, tmp_path):
    from seqreason.runs.execution.trial import open_study

    search(trials=2)
    (journal,) = (tmp_path / "runs" / "searches").glob("*.log")
    study = open_study(str(journal), journal.stem, is_pruned=True)
    left = study.ask()
    left.suggest_float("training.learning_rate", 0.001, 0.1, log=True)
    (found,) = search(trials=4).searches
    assert (found.trials, found.failed) == (4, 0)
    assert {trial.state.name for trial in study.get_trials()} <= {"COMPLETE", "PRUNED"}


def test_a_finished_search_is_not_run_again(search):
    search()
    results = search()
    assert all(cell.is_reused for cell in results)


def test_at_once_does_not_change_the_number_of_trials(search):
    (found,) = search(trials=5, at_once=2).searches
    assert found.trials == 5


@pytest.mark.slow
def test_a_trial_that_is_behind_is_pruned(search):
    # After four trials, some of these rates are far behind.
    (found,) = search("training.examples=400", "training.validate_steps=5", trials=9).searches
    assert found.pruned > 0
    assert found.trials == 9


def test_every_option_of_the_other_axes_has_a_search_of_its_own(search):
    axes = {
        "reasoner.cell": ["gru", "lstm"],
        "reasoner.hidden": {"low": 4, "high": 8, "integer": True},
    }
    results = search(trials=2, axes=axes)
    assert [found.arm for found in results.searches] == ["tiny, gru", "tiny, lstm"]
    assert all(isinstance(found.values["reasoner.hidden"], int) for found in results.searches)
    assert [cell.arm for cell in results] == ["tiny, gru"] * 2 + ["tiny, lstm"] * 2


def test_a_search_without_a_finished_trial_is_an_error(search):
    with pytest.raises(TrainingError, match="tiny: none of the 2 trials of the search finished"):
        search("encoder.kind=explodes", trials=2)


def test_without_optuna_the_error_says_what_to_install(search, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(SpecError, match=r"pip install 'seqreason\[search\]'"):
        search()
