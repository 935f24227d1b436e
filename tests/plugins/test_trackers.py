"""Trackers: their packages read back what they write."""

import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from seqreason import PluginConfig, SpecError, Tracker, TrackerContext
from seqreason.errors import StoreError
from seqreason_plugins.trackers import MLflow, TensorBoard, mlflow_store
from seqreason_plugins.trackers.mlflow_store import opened_store

TRAINING = {"loss": 0.5, "batch_perception_accuracy": 0.75, "batch_last_accuracy": 0.25}
VALIDATION = {"valid_accuracy": 0.5, "valid_prediction_loss": 1.5}


@pytest.fixture
def make_context(tmp_path):
    """Makes the context of a cell of 30 steps, in a run folder of its own."""

    def make(seed=0, *, runs="runs", settings=None):
        folder = tmp_path / runs / "easy" / f"seed-{seed}-3f2a"
        folder.mkdir(parents=True, exist_ok=True)
        return TrackerContext(f"easy seed {seed}", folder, 30, settings or {"seed": seed})

    return make


def follow(tracker, steps, *, loss=0.5):
    """A training that is measured at each of *steps*, and then closed."""
    for step in steps:
        tracker.measured(step, {"loss": loss})
    tracker.close()


# TensorBoard


def board(context):
    return TensorBoard(PluginConfig(), context)


def curves(context):
    """Each curve's steps and values, as TensorBoard itself reads them."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(context.cell_folder / "tensorboard")).Reload()
    return {
        tag: [(event.step, event.value) for event in read.Scalars(tag)]
        for tag in read.Tags()["scalars"]
    }


def test_tensorboard_shows_what_is_measured_in_training_beside_what_is_validated(make_context):
    context = make_context()
    tracker = board(context)
    tracker.measured(10, TRAINING)
    tracker.measured(20, TRAINING)
    tracker.measured(20, VALIDATION)
    tracker.close()
    assert curves(context) == {
        "train/loss": [(10, 0.5), (20, 0.5)],
        "train/perception_accuracy": [(10, 0.75), (20, 0.75)],
        "train/last_accuracy": [(10, 0.25), (20, 0.25)],
        "valid/accuracy": [(20, 0.5)],
        "valid/prediction_loss": [(20, 1.5)],
    }


def test_tensorboard_shows_a_measurement_during_training(make_context):
    context = make_context()
    tracker = board(context)
    tracker.measured(10, {"loss": 0.5})
    assert curves(context) == {"train/loss": [(10, 0.5)]}
    tracker.close()


def test_repeated_steps_of_a_resumed_cell_replace_the_first_in_tensorboard(make_context):
    context = make_context()
    follow(board(context), [10, 20, 30], loss=0.5)
    # The files of a folder are read in the order of the seconds in which they were made.
    (file,) = (context.cell_folder / "tensorboard").iterdir()
    file.rename(file.with_name(file.name.replace("tfevents.", "tfevents.0")))
    follow(board(context), [20, 30, 40], loss=0.25)
    assert curves(context) == {"train/loss": [(10, 0.5), (20, 0.25), (30, 0.25), (40, 0.25)]}


def test_tensorboard_has_each_cell_in_its_own_folder(make_context):
    first, second = make_context(0), make_context(1)
    follow(board(first), [10], loss=0.5)
    follow(board(second), [10], loss=0.25)
    assert curves(first) == {"train/loss": [(10, 0.5)]}
    assert curves(second) == {"train/loss": [(10, 0.25)]}


def test_tensorboard_keeps_nothing_of_a_cell_that_measured_nothing(make_context):
    context = make_context()
    board(context).close()
    assert list(context.cell_folder.iterdir()) == []


def test_without_the_package_tensorboard_the_error_says_how_to_get_it(
    make_context, registry, monkeypatch
):
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(SpecError) as caught:
        registry.build(Tracker, "tensorboard", PluginConfig(), make_context())
    assert str(caught.value) == (
        "tracker tensorboard: needs the package tensorboard: pip install 'seqreason[tensorboard]'"
    )


# MLflow


@pytest.fixture(autouse=True)
def no_tracking_uri(monkeypatch):
    """The tests' own stores, whatever the user's environment says."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="session")
def new_store(tmp_path_factory):
    """A store without runs, to be copied: its tables take more than a second to make."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    opened_store(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(tmp_path, new_store):
    """The store of the tests' trackers, in the --runs folder."""
    (tmp_path / "runs").mkdir()
    return Path(shutil.copy(new_store, tmp_path / "runs" / "mlflow.db"))


def tracked(context, **settings):
    return MLflow(MLflow.Config(**settings), context)


def client_of(path):
    from mlflow import MlflowClient

    with warnings.catch_warnings():
        # SQLAlchemy warns of features that MLflow should no longer use.
        warnings.simplefilter("ignore")
        return MlflowClient(f"sqlite:///{path}")


def runs_of(path, *, experiment="seqreason"):
    """The runs of an experiment, by name."""
    client = client_of(path)
    found = client.get_experiment_by_name(experiment)
    runs = client.search_runs([found.experiment_id], order_by=["attributes.run_name"])
    return {run.info.run_name: run for run in runs}


def history(path, run, metric="loss"):
    points = client_of(path).get_metric_history(run.info.run_id, metric)
    return [(point.step, point.value) for point in points]


def test_mlflow_keeps_a_cell_as_a_run_with_its_settings(make_context, store):
    settings = {"reasoner.cell": "gru", "generator.lengths": [2, 8], "seed": 0, "x": None}
    tracker = tracked(make_context(settings=settings))
    tracker.measured(10, TRAINING)
    tracker.measured(30, TRAINING)
    tracker.measured(30, VALIDATION)
    tracker.close()
    (run,) = runs_of(store).values()
    assert run.info.run_name == "easy seed 0"
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "reasoner.cell": "gru", "generator.lengths": "[2, 8]", "seed": "0", "x": "null",
    }  # fmt: skip
    assert run.data.metrics == {**TRAINING, **VALIDATION}
    assert history(store, run) == [(10, 0.5), (30, 0.5)]
    assert history(store, run, "valid_accuracy") == [(30, 0.5)]


def test_a_resumed_cell_continues_its_mlflow_run(make_context, store):
    context = make_context()
    follow(tracked(context), [10, 20])
    (run,) = runs_of(store).values()
    assert run.info.status == "FAILED"
    tracker = tracked(context)
    assert runs_of(store)["easy seed 0"].info.status == "RUNNING"
    follow(tracker, [20, 30])
    (run,) = runs_of(store).values()
    assert run.info.status == "FINISHED"
    assert history(store, run) == [(10, 0.5), (20, 0.5), (20, 0.5), (30, 0.5)]
    assert (context.cell_folder / "mlflow-run.txt").read_text() == run.info.run_id


def test_a_cell_that_had_only_its_test_left_stays_finished_in_mlflow(make_context, store):
    follow(tracked(make_context()), [10, 20, 30])
    follow(tracked(make_context()), [])
    (run,) = runs_of(store).values()
    assert run.info.status == "FINISHED"


def test_a_cell_that_stopped_before_any_step_has_failed_in_mlflow(make_context, store):
    follow(tracked(make_context()), [])
    (run,) = runs_of(store).values()
    assert run.info.status == "FAILED"


def test_a_run_that_was_deleted_in_mlflow_begins_again(make_context, store):
    follow(tracked(make_context()), [10])
    (deleted,) = runs_of(store).values()
    client_of(store).delete_run(deleted.info.run_id)
    follow(tracked(make_context()), [20, 30])
    (run,) = runs_of(store).values()
    assert history(store, run) == [(20, 0.5), (30, 0.5)]


def test_a_run_of_another_mlflow_store_begins_again_in_this_one(make_context, store):
    context = make_context()
    (context.cell_folder / "mlflow-run.txt").write_text("0" * 32)
    follow(tracked(context), [30])
    assert list(runs_of(store)) == ["easy seed 0"]


def test_two_cells_are_two_runs_of_one_mlflow_store(make_context, store):
    first, second = tracked(make_context(0)), tracked(make_context(1))
    follow(first, [10, 30], loss=0.5)
    follow(second, [10, 30], loss=0.25)
    runs = runs_of(store)
    assert list(runs) == ["easy seed 0", "easy seed 1"]
    assert history(store, runs["easy seed 1"]) == [(10, 0.25), (30, 0.25)]


def test_mlflow_s_experiment_and_store_can_be_chosen(make_context, new_store, tmp_path):
    path = shutil.copy(new_store, tmp_path / "mine.db")
    follow(tracked(make_context(), uri=f"sqlite:///{path}", experiment="letters"), [30])
    assert list(runs_of(path, experiment="letters")) == ["easy seed 0"]


def test_mlflow_s_own_variable_names_the_store_too(make_context, new_store, tmp_path, monkeypatch):
    path = shutil.copy(new_store, tmp_path / "mine.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    follow(tracked(make_context()), [30])
    assert list(runs_of(path)) == ["easy seed 0"]


def test_a_folder_may_have_characters_that_mean_something_in_a_uri(
    make_context, new_store, tmp_path
):
    folder = tmp_path / "50%20 done? #é"
    folder.mkdir()
    shutil.copy(new_store, folder / "mlflow.db")
    follow(tracked(make_context(runs=folder.name)), [30])
    with sqlite3.connect(folder / "mlflow.db") as database:
        assert database.execute("select name from runs").fetchall() == [("easy seed 0",)]
    database.close()


def test_settings_beyond_mlflow_s_limits_are_cut_or_split(make_context, store):
    many = {f"family.{number}": number for number in range(250)}
    odd = {"shifted.a/b (new)?.x": "y" * 7000, "long." + "k" * 300: True}
    follow(tracked(make_context(settings={**many, **odd})), [30])
    (run,) = runs_of(store).values()
    assert len(run.data.params) == 252
    assert run.data.params["shifted.a/b _new__.x"] == "y" * 6000
    assert run.data.params["long." + "k" * 245] == "true"


def test_more_metrics_than_mlflow_takes_at_once_are_split(make_context, store):
    tracker = tracked(make_context())
    tracker.measured(30, {f"m{number}": number for number in range(1100)})
    tracker.close()
    (run,) = runs_of(store).values()
    assert len(run.data.metrics) == 1100


@pytest.mark.slow
def test_two_processes_can_make_a_new_mlflow_store_at_once(tmp_path):
    code = """
import sys
from pathlib import Path
from seqreason import TrackerContext
from seqreason_plugins.trackers import MLflow
folder = Path(sys.argv[1])
folder.mkdir(parents=True)
tracker = MLflow(MLflow.Config(), TrackerContext(folder.name, folder, 200, {"seed": 0}))
for step in range(1, 201):
    tracker.measured(step, {"loss": 0.5})
tracker.close()
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "default", "-c", code, str(tmp_path / "runs/easy" / name)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name in "ab"
    ]
    assert [process.communicate()[0].decode() for process in processes] == ["", ""]
    runs = runs_of(tmp_path / "runs" / "mlflow.db")
    assert list(runs) == ["a", "b"]
    assert len(history(tmp_path / "runs" / "mlflow.db", runs["b"])) == 200


def test_mlflow_leaves_the_environment_and_its_log_as_they_were(make_context, store):
    environment, level = dict(os.environ), logging.getLogger("mlflow").level
    follow(tracked(make_context()), [30])
    assert dict(os.environ) == environment
    assert logging.getLogger("mlflow").level == level


@pytest.mark.parametrize("package", ["mlflow", "sqlalchemy", "alembic"])
def test_without_a_package_of_mlflow_the_error_says_how_to_get_it(
    make_context, registry, monkeypatch, package
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SpecError) as caught:
        registry.build(Tracker, "mlflow", MLflow.Config(), make_context())
    assert str(caught.value) == (
        f"tracker mlflow: needs the package {package}: pip install 'seqreason[mlflow]'"
    )


def test_mlflow_is_imported_after_the_packages_that_it_looks_for(monkeypatch):
    imported = []
    monkeypatch.setattr(mlflow_store, "import_module", imported.append)
    mlflow_store._check_packages()
    assert imported == ["sqlalchemy", "alembic", "mlflow"]


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("http://localhost:1", r"NewConnectionError\(.*\[Errno 111\] Connection refused\"\)"),
        ("foo://bar", ".* got unsupported URI 'foo://bar' .* backend storage locations"),
        ("sqlite:////dev/null/mlflow.db", r"\[Errno 17\] File exists: '/dev/null'"),
        ("sqlite:////", r"\(sqlite3.OperationalError\) unable to open database file"),
    ],
)
def test_an_mlflow_store_that_cannot_be_reached_is_an_error(make_context, capfd, uri, reason):
    message = rf"^the MLflow store {uri} cannot be used: {reason}; correct this and run the same"
    with pytest.raises(StoreError, match=message):
        tracked(make_context(), uri=uri)
    assert capfd.readouterr() == ("", "")


def test_an_mlflow_server_that_never_answers_is_an_error_after_the_user_s_time_limit(
    make_context, monkeypatch
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with socket.create_server(("localhost", 0)) as silent:
        uri = f"http://localhost:{silent.getsockname()[1]}"
        with pytest.raises(StoreError, match=rf"store {uri} cannot be used: .*read timeout=1"):
            tracked(make_context(), uri=uri)


def test_an_mlflow_store_that_breaks_in_training_is_one_error_without_a_traceback(
    make_context, store, capfd
):
    tracker = tracked(make_context())
    with sqlite3.connect(store) as database:
        database.execute("drop table metrics")
    database.close()
    message = r"store sqlite:.*mlflow.db cannot be used: .*no such table: metrics; correct this"
    with pytest.raises(StoreError, match=message):
        tracker.measured(10, {"loss": 0.5})
    assert capfd.readouterr() == ("", "")
