"""`seqreason compare`: two cells or arms, and their difference."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.errors import SpecError, StoreError, UnknownNameError

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """A folder with an ablation, run at two seeds, and its file."""
    folder = tmp_path_factory.mktemp("compared")
    baseline = {
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
        "training": {"examples": 60, "epochs": 1, "batch_size": 20, "precision": "float32"},
        "evaluation": {"examples": 40, "valid_examples": 20, "train_examples": 20},
        "seeds": [0],
    }
    data = {
        "ablation": "mine",
        "baseline": baseline,
        "changes": {"lstm": {"reasoner.cell": "lstm"}},
        "seeds": [0, 1],
    }
    (folder / "mine.yaml").write_text(yaml.safe_dump(data))
    (folder / "tiny.yaml").write_text(yaml.safe_dump(baseline))
    results = seqreason.run(folder / "mine.yaml", plugins=[TINY_PLUGINS], runs=folder / "runs")
    assert results.all_finished
    return folder, results


@pytest.fixture
def compare(store, monkeypatch):
    folder, _ = store
    monkeypatch.chdir(folder)

    def compare(*arguments):
        result = CliRunner().invoke(app, ["compare", *arguments, "--plugin", TINY_PLUGINS])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return compare


def test_two_arms_are_compared_pair_by_pair(compare):
    result = compare("mine.yaml:lstm", "mine.yaml:baseline")
    assert "differences are paired" in result
    assert "Over 2 seeds: “mine.yaml:lstm” is" in " ".join(result.split())


def test_two_cells_are_compared_by_digest_and_by_folder(compare, store):
    first, _, other, _ = store[1]
    (found,) = json.loads(compare(first.digest[:8], other.folder, "--json"))["contrasts"]
    assert found["paired"]
    assert found["covers"] == "items"
    difference = first.metrics["test_accuracy"] - other.metrics["test_accuracy"]
    assert found["difference"] == pytest.approx(difference)


def test_cells_of_other_seeds_are_compared_as_unpaired_and_the_output_says_so(compare, store):
    first, second, *_ = store[1]
    output = " ".join(compare(first.digest, second.digest).split())
    assert "not tested on the same items" in output


def test_a_benchmark_is_an_arm_of_its_own_and_lone_seeds_are_named(compare):
    result = compare("tiny.yaml", "mine.yaml:lstm")
    assert "mine.yaml:lstm: not compared, as the other arm lacks these seeds: 1" in result


def test_another_metric_can_be_asked_for(compare):
    (found,) = json.loads(
        compare("mine.yaml:lstm", "mine.yaml:baseline", "--metric", "perception_loss", "--json")
    )["contrasts"]
    assert found["covers"] == "seeds"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["mine.yaml", "tiny.yaml"], SpecError, "it has 2 arms; select one of them, such as"),
        (["mine.yaml:lstn", "tiny.yaml"], UnknownNameError, "did you mean 'lstm'"),
        (
            ["ffffffff", "tiny.yaml"],
            SpecError,
            "not a run folder, a digest of a cell of runs, or a spec",
        ),
        (
            ["mine.yaml:baseline", "tiny.yaml"],
            SpecError,
            "share a cell: give two that do not overlap",
        ),
        (["tiny.yaml", "mine.yaml:lstm", "--metric", "tst"], UnknownNameError, "metric of tiny"),
        (
            ["tiny.yaml", "mine.yaml:lstm", "--set", "training.epochs=3"],
            StoreError,
            "tiny.yaml: none of its cells is finished in runs; run `seqreason run tiny.yaml`",
        ),
    ],
)
def test_a_mistake_is_one_message(compare, arguments, error, message):
    with pytest.raises(error, match=message):
        compare(*arguments)
