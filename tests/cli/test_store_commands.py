"""`seqreason results` and `seqreason runs prune`: what is in a run folder, and what may go."""

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
def tell(runs, monkeypatch):
    """What a command prints on this run folder, in lines that hold its long path."""
    monkeypatch.setenv("COLUMNS", "250")

    def tell(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--runs", str(runs)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return tell


def listed(tell, *options):
    return json.loads(tell("results", "--json", *options))["cells"]


def test_results_lists_finished_cells_with_what_tells_them_apart(tell):
    cells = listed(tell)
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


def test_all_lists_trials_and_failures_too(tell):
    statuses = [cell["status"] for cell in listed(tell, "--all")]
    assert sorted(statuses) == ["finished"] * 6 + ["trial"] * 2 + ["unfinished"]
    (broken,) = listed(tell, "--all", "--benchmark", "broken")
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
def test_results_can_be_filtered(tell, options, count):
    assert len(listed(tell, *options)) == count


def test_results_print_a_table(tell):
    result = tell("results", "--benchmark", "tiny")
    assert "reasoner.cell=lstm" in result
    assert "4 cells in" in result


def test_results_turn_into_files(tell, tmp_path):
    printed = pl.read_csv(io.StringIO(tell("results", "--format", "csv")))
    for form, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet)):
        path = tmp_path / f"cells.{form}"
        result = tell("results", "--format", form, "--out", str(path))
        assert result.endswith(": 6 cells\n")
        table = read(path)
        assert table["test_accuracy"].to_list() == printed["test_accuracy"].to_list()
        assert table["reasoner.cell"].to_list() == [None, "gru", "gru", "lstm", "lstm", None]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (["--format", "xlsx"], UnknownNameError, "unknown format 'xlsx': choose from csv, json"),
        (["--format", "parquet"], SpecError, "say where to with --out FILE"),
        (["--out", "x.csv"], SpecError, "--out: a table is printed; a file takes --format"),
        (["--benchmark", "tyni"], UnknownNameError, "did you mean 'tiny'"),
        (["--where", "reasoner.cel=gru"], UnknownNameError, "did you mean 'reasoner.cell'"),
        (["--where", "reasoner.cell"], SpecError, "--where reasoner.cell: expected path=value"),
        (
            ["--format", "csv", "--out", "no/such/folder.csv"],
            StoreError,
            "--out no/such/folder.csv: cannot be written",
        ),
    ],
)
def test_a_mistake_is_reported(tell, options, error, message):
    with pytest.raises(error, match=message):
        tell("results", *options)


def test_an_empty_folder_says_how_to_fill_it(tmp_path):
    result = CliRunner().invoke(app, ["results", "--runs", str(tmp_path / "none")])
    assert result.exit_code == 0
    assert "`seqreason run SPEC` puts some there" in result.stdout
    assert not (tmp_path / "none").exists()


def test_a_damaged_cell_hides_no_other(tell, runs):
    (first, second, *_) = Store(runs).folders("tiny")
    (first.path / "result.json").write_text("{")
    (second.path / "cell.json").write_text("[]")
    assert len(listed(tell)) == 4
    reasons = [cell["reason"] for cell in listed(tell, "--all") if cell["status"] == "damaged"]
    assert len(reasons) == 2
    assert any("result.json: cannot be read" in reason for reason in reasons)


def test_cells_of_the_first_format_are_read(tell, runs):
    (runs / "store.json").unlink()
    for folder in Store(runs).folders("other"):
        folder.predictions.unlink()
        path = folder.path / "result.json"
        old = json.loads(path.read_text())
        del old["reliability"], old["errors"]
        path.write_text(json.dumps({**old, "arm": "what it was called then"}))
    (cell,) = listed(tell, "--benchmark", "other")
    assert (cell["arm"], cell["status"]) == ("other", "finished")


def test_a_newer_format_is_refused(tell, runs):
    (runs / "store.json").write_text('{"format": 3}')
    with pytest.raises(StoreError, match="it has format 3, and this version of seqreason reads"):
        tell("results")


def test_a_damaged_marker_is_reported(tell, runs):
    (runs / "store.json").write_text("?")
    with pytest.raises(StoreError, match=r"store.json: cannot be read .* write \{\"format\": 2\}"):
        tell("results")


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


def test_prune_says_what_each_option_would_delete_and_deletes_nothing(tell, runs):
    older, before = supersede(runs), len(Store(runs).folders())
    result = tell("runs", "prune")
    assert "nothing is deleted" in result
    document = json.loads(tell("runs", "prune", "--json"))
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


def test_without_yes_and_a_terminal_nothing_is_deleted(tell, runs):
    older = supersede(runs)
    result = tell("runs", "prune", "--superseded")
    assert "superseded" in result
    assert "nothing is deleted; --yes deletes it" in result
    assert older.exists()


def test_what_is_chosen_is_deleted_and_nothing_else(tell, runs):
    older = supersede(runs)
    result = tell("runs", "prune", "--superseded", "--unfinished", "--yes")
    assert "2 cells deleted" in result
    assert not older.exists()
    assert not (runs / "broken").exists()
    statuses = [cell["status"] for cell in listed(tell, "--all")]
    assert sorted(statuses) == ["finished"] * 6 + ["trial"] * 2


def test_prune_can_be_kept_to_one_benchmark(tell, runs):
    supersede(runs)
    document = json.loads(
        tell(
            "runs", "prune", "--benchmark", "broken", "--superseded", "--unfinished", "--yes",
            "--json",
        )
    )  # fmt: skip
    assert [entry["why"] for entry in document["deleted"]] == ["unfinished"]


def test_a_cell_that_is_being_computed_is_spared(tell, runs):
    (broken,) = Store(runs).folders("broken")
    with CellFolder(broken.path).claimed({}):
        result = tell("runs", "prune", "--unfinished", "--yes")
    assert "0 cells deleted, 0.0 kB; 1 are being computed, and stay" in result
    assert broken.path.exists()


def test_a_damaged_cell_counts_as_unfinished(tell, runs):
    (folder, *_) = Store(runs).folders("tiny")
    (folder.path / "result.json").write_text("{")
    result = tell("runs", "prune", "--benchmark", "tiny", "--unfinished", "--yes")
    assert "1 cell deleted" in result
    assert len(stored_cells(Store(runs))) == 8


def test_a_cell_that_is_finished_between_list_and_answer_is_spared(runs):
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


def test_a_removal_that_is_cut_off_leaves_a_folder_that_is_found_again(runs, monkeypatch):
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


def test_a_cell_that_is_being_computed_is_listed_so(tell, runs):
    (broken,) = Store(runs).folders("broken")
    with CellFolder(broken.path).claimed({}):
        (cell,) = listed(tell, "--all", "--benchmark", "broken")
    assert cell["status"] == "computing"


def test_a_number_is_found_however_it_is_written(tell):
    for entry in ("0.001", "1e-3", "1.0e-3"):
        assert len(listed(tell, "--where", f"training.learning_rate={entry}")) == 6
    assert listed(tell, "--where", "encoder.batch_norm=0") == []


def test_what_another_version_wrote_beside_is_passed_over(tell, runs):
    (folder,) = Store(runs).folders("other")
    path = folder.path / "result.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mood": "good"}))
    (cell,) = listed(tell, "--benchmark", "other")
    assert cell["status"] == "finished"
