"""`seqreason results` and `seqreason runs prune`: listing a run folder, and cleaning it up."""

import io
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.errors import SpecError, StoreError, UnknownNameError
from seqreason.runs import Store
from seqreason.runs.results.results import stored_results
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.pruning import remove
from seqreason.runs.store.stored_cells import stored_cells

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
BENCHMARK = {
    "benchmark": "tiny",
    "source": {"kind": "dots"},
    "generator": {"kind": "normal"},
    "encoder": {"kind": "residual-cnn", "channels": [4], "features": 16},
    "reasoner": {"kind": "recurrent", "hidden": 16, "layers": 1},
    "loss": {
        "objective": {"kind": "mse"},
        "perception": {"kind": "hard"},
        "prediction": {"kind": "hard"},
        "forcing": {"kind": "teacher"},
    },
    "training": {"examples": 40, "epochs": 1, "batch_size": 20, "precision": "float32"},
    "evaluation": {"examples": 20, "valid_examples": 20, "train_examples": 20},
}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A run folder: GRU and LSTM at two seeds, another benchmark, a search, a failure."""
    runs = tmp_path_factory.mktemp("made") / "runs"

    def run(data, **options):
        return seqreason.run(data, plugins=[TINY_PLUGINS], runs=runs, **options)

    run(
        {"suite": "s", "benchmarks": [BENCHMARK], "axes": {"reasoner.cell": ["gru", "lstm"]}},
        seeds=[0, 1],
    )
    run({**BENCHMARK, "benchmark": "other"}, seeds=[5])
    run(
        {
            "suite": "t",
            "benchmarks": [{**BENCHMARK, "benchmark": "tuned"}],
            "axes": {"reasoner.hidden": {"low": 4, "high": 6, "integer": True}},
            "search": {"trials": 2, "pruning": False},
        }
    )
    run({**BENCHMARK, "benchmark": "broken", "encoder": {"kind": "explodes"}})
    return runs


@pytest.fixture
def runs(made, tmp_path):
    return shutil.copytree(made, tmp_path / "runs")


@pytest.fixture
def output_of(runs, monkeypatch):
    """The output of a command on this run folder, in lines that hold its long path."""
    monkeypatch.setenv("COLUMNS", "250")

    def output_of(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--runs", str(runs)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return output_of


def listed(output_of, *options):
    return json.loads(output_of("results", "--json", *options))["cells"]


def test_results_lists_finished_cells_with_the_settings_that_differ(output_of):
    cells = listed(output_of)
    found = [(cell["benchmark"], cell["settings"], cell["seed"]) for cell in cells]
    assert found == [
        ("other", {}, 5),
        ("tiny", {"reasoner.cell": "gru"}, 0),
        ("tiny", {"reasoner.cell": "gru"}, 1),
        ("tiny", {"reasoner.cell": "lstm"}, 0),
        ("tiny", {"reasoner.cell": "lstm"}, 1),
        ("tuned", {}, 0),
    ]
    assert {cell["status"] for cell in cells} == {"finished"}
    assert all("test_accuracy" in cell["metrics"] for cell in cells)


def test_all_lists_trials_and_failures_too(output_of):
    statuses = [cell["status"] for cell in listed(output_of, "--all")]
    assert sorted(statuses) == ["finished"] * 6 + ["trial"] * 2 + ["unfinished"]
    (broken,) = listed(output_of, "--all", "--benchmark", "broken")
    assert broken["reason"] == "unfinished: failed: ZeroDivisionError: the encoder exploded"


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--benchmark", "tiny"], 4),
        (["--seed", "1"], 2),
        (["--seed", "1", "--seed", "5"], 3),
        (["--where", "reasoner.cell=lstm"], 2),
        (["--where", "reasoner.hidden=16", "--where", "benchmark=tiny"], 4),
        (["--benchmark", "other", "--seed", "0"], 0),
    ],
)
def test_results_can_be_filtered(output_of, options, count):
    assert len(listed(output_of, *options)) == count


def test_results_print_a_table(output_of):
    result = output_of("results", "--benchmark", "tiny")
    assert "reasoner.cell=lstm" in result
    assert "4 cells in" in result


def test_results_turn_into_files(output_of, tmp_path):
    printed = pl.read_csv(io.StringIO(output_of("results", "--format", "csv")))
    for form, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet)):
        path = tmp_path / f"cells.{form}"
        result = output_of("results", "--format", form, "--out", str(path))
        assert result.endswith(": 6 cells\n")
        table = read(path)
        assert table["test_accuracy"].to_list() == printed["test_accuracy"].to_list()
        assert table["reasoner.cell"].to_list() == [None, "gru", "gru", "lstm", "lstm", None]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (["--format", "xlsx"], UnknownNameError, "unknown format 'xlsx': choose from csv, json"),
        (["--format", "parquet"], SpecError, "name a file with --out FILE"),
        (["--out", "x.csv"], SpecError, "--out: a table is only printed; add --format"),
        (["--benchmark", "tyni"], UnknownNameError, "did you mean 'tiny'"),
        (["--where", "reasoner.cel=gru"], UnknownNameError, "did you mean 'reasoner.cell'"),
        (["--where", "reasoner.cell"], SpecError, "--where reasoner.cell: expected path=value"),
        (
            ["--format", "csv", "--out", "no/such/folder.csv"],
            StoreError,
            "--out no/such/folder.csv: cannot write this file",
        ),
    ],
)
def test_a_mistake_is_one_message(output_of, options, error, message):
    with pytest.raises(error, match=message):
        output_of("results", *options)


def test_an_empty_folder_says_how_to_fill_it(tmp_path):
    result = CliRunner().invoke(app, ["results", "--runs", str(tmp_path / "none")])
    assert result.exit_code == 0
    assert "none has no cells yet: `seqreason run SPEC` adds some" in result.stdout
    assert not (tmp_path / "none").exists()


def test_a_damaged_cell_hides_no_other(output_of, runs):
    (first, second, *_) = Store(runs).folders("tiny")
    (first.path / "result.json").write_text("{")
    (second.path / "cell.json").write_text("[]")
    assert len(listed(output_of)) == 4
    reasons = [cell["reason"] for cell in listed(output_of, "--all") if cell["status"] == "damaged"]
    assert len(reasons) == 2
    assert any("result.json: cannot be read" in reason for reason in reasons)


def test_cells_of_the_first_format_are_read(output_of, runs):
    (runs / "store.json").unlink()
    for folder in Store(runs).folders("other"):
        folder.predictions.unlink()
        path = folder.path / "result.json"
        old = json.loads(path.read_text())
        del old["reliability"], old["errors"]
        path.write_text(json.dumps({**old, "arm": "the old name"}))
    (cell,) = listed(output_of, "--benchmark", "other")
    assert (cell["arm"], cell["status"]) == ("other", "finished")


def test_a_newer_format_is_refused(output_of, runs):
    (runs / "store.json").write_text('{"format": 3}')
    with pytest.raises(StoreError, match="it has format 3, and this version of seqreason reads"):
        output_of("results")


def test_a_damaged_marker_says_how_to_fix_it(output_of, runs):
    (runs / "store.json").write_text("?")
    with pytest.raises(StoreError, match=r"store.json: cannot be read .* write \{\"format\": 2\}"):
        output_of("results")


def test_the_store_as_results_turns_into_a_data_frame(runs):
    table = stored_results(runs).to_polars()
    assert table["benchmark"].to_list() == ["other", *["tiny"] * 4, "tuned"]


def supersede(runs):
    """An older cell of the same spec and seed, of another version of its encoder."""
    (folder,) = Store(runs).folders("other")
    older = folder.path.parent / "seed-5-0000000000000000"
    shutil.copytree(folder.path, older)
    identity = json.loads((older / "cell.json").read_text())
    identity["plugins"]["encoder residual-cnn"]["version"] = "0"
    (older / "cell.json").write_text(json.dumps(identity))
    os.utime(older / "result.json", (1, 1))
    return older


def test_prune_says_what_each_option_would_delete_and_deletes_nothing(output_of, runs):
    older, before = supersede(runs), len(Store(runs).folders())
    result = output_of("runs", "prune")
    assert f"Nothing was deleted from {runs}. Choose" in " ".join(result.split())
    document = json.loads(output_of("runs", "prune", "--json"))
    assert [(entry["why"], entry["bytes"] > 0) for entry in document["prunable"]].count(
        ("superseded", True)
    ) == 1
    assert sorted(entry["why"] for entry in document["prunable"]) == [
        "superseded",
        "trial",
        "trial",
        "unfinished",
    ]
    assert document["deleted"] == []
    assert older.exists()
    assert len(Store(runs).folders()) == before


def test_without_yes_and_a_terminal_nothing_is_deleted(output_of, runs):
    older = supersede(runs)
    result = output_of("runs", "prune", "--superseded")
    assert "superseded" in result
    assert "Nothing was deleted. Add --yes to delete these cells." in result
    assert older.exists()


def test_what_is_chosen_is_deleted_and_nothing_else(output_of, runs):
    older = supersede(runs)
    result = output_of("runs", "prune", "--superseded", "--unfinished", "--yes")
    assert "2 cells deleted" in result
    assert not older.exists()
    assert not (runs / "broken").exists()
    statuses = [cell["status"] for cell in listed(output_of, "--all")]
    assert sorted(statuses) == ["finished"] * 6 + ["trial"] * 2


def test_prune_can_be_kept_to_one_benchmark(output_of, runs):
    supersede(runs)
    document = json.loads(
        output_of(
            "runs", "prune", "--benchmark", "broken", "--superseded", "--unfinished", "--yes",
            "--json",
        )
    )  # fmt: skip
    assert [entry["why"] for entry in document["deleted"]] == ["unfinished"]


def test_a_cell_that_is_being_computed_is_kept(output_of, runs):
    (broken,) = Store(runs).folders("broken")
    with CellFolder(broken.path).claimed({}):
        result = output_of("runs", "prune", "--unfinished", "--yes")
    assert "0 cells deleted, 0.0 kB; 1 kept: being computed" in result
    assert broken.path.exists()


def test_a_damaged_cell_counts_as_unfinished(output_of, runs):
    (folder, *_) = Store(runs).folders("tiny")
    (folder.path / "result.json").write_text("{")
    result = output_of("runs", "prune", "--benchmark", "tiny", "--unfinished", "--yes")
    assert "1 cell deleted" in result
    assert len(stored_cells(Store(runs))) == 8


def test_a_cell_that_finishes_between_list_and_answer_is_kept(runs):
    (folder,) = Store(runs).folders("other")
    result = folder.path / "result.json"
    content = result.read_text()
    result.unlink()
    (listed_before,) = [
        cell for cell in stored_cells(Store(runs)) if cell.result.benchmark == "other"
    ]
    assert listed_before.status == "unfinished"
    result.write_text(content)
    assert remove(listed_before) == "finished since"
    assert result.read_text() == content


def test_an_interrupted_removal_leaves_a_folder_that_is_found_again(runs, monkeypatch):
    (folder,) = Store(runs).folders("other")
    (cell,) = [cell for cell in stored_cells(Store(runs)) if cell.result.benchmark == "other"]

    def cut_off(path, *args, **kwargs):
        raise OSError(5, "cut off")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", cut_off)
        with pytest.raises(StoreError, match="cannot be deleted"):
            remove(cell)
    (left,) = [cell for cell in stored_cells(Store(runs)) if cell.result.benchmark == "other"]
    assert left.status == "unfinished"
    assert remove(left) == "deleted"
    assert not folder.path.exists()


def test_a_cell_that_is_being_computed_is_listed_as_computing(output_of, runs):
    (broken,) = Store(runs).folders("broken")
    with CellFolder(broken.path).claimed({}):
        (cell,) = listed(output_of, "--all", "--benchmark", "broken")
    assert cell["status"] == "computing"


def test_a_number_is_found_however_it_is_written(output_of):
    for entry in ("0.001", "1e-3", "1.0e-3"):
        assert len(listed(output_of, "--where", f"training.learning_rate={entry}")) == 6
    assert listed(output_of, "--where", "encoder.batch_norm=0") == []


def test_unknown_fields_of_another_version_are_ignored(output_of, runs):
    (folder,) = Store(runs).folders("other")
    path = folder.path / "result.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mood": "good"}))
    (cell,) = listed(output_of, "--benchmark", "other")
    assert cell["status"] == "finished"
