"""Studies: their arms are what their files say, and their records what the docs say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from seqreason.errors import UnknownNameError
from seqreason.spec import load_benchmark
from seqreason.spec.digest import canonical
from seqreason_benchmarks.studying import STUDIES, Study
from seqreason_benchmarks.telling import recorded, told, told_lengths, told_recipes

ROOT = Path(__file__).parent.parent
RECORDS = sorted(
    (ROOT / "benchmarks" / "seqreason_benchmarks" / "records" / "studies").glob("*.json")
)


def test_an_arm_is_one_choice_from_every_axis():
    study = Study(
        "mine",
        "easy",
        {"training.epochs": 1},
        {"a": {"x": {"b.c": "d"}, "y": {}}, "e": {"z": {"f": {"kind": "g"}}}},
        [0],
    )
    assert list(study.arms()) == [
        ({"a": "x", "e": "z"}, ["training.epochs=1", 'b.c="d"', 'f={"kind": "g"}']),
        ({"a": "y", "e": "z"}, ["training.epochs=1", 'f={"kind": "g"}']),
    ]


def test_an_unknown_study_is_told():
    with pytest.raises(UnknownNameError, match=r"unknown study 'stage': did you mean 'stages'"):
        Study.load("stage")


@pytest.mark.parametrize("module", ["studying", "telling"])
def test_a_misspelt_study_is_one_message_without_a_traceback(module):
    command = [sys.executable, "-m", f"seqreason_benchmarks.{module}", "stage"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "did you mean 'stages'" in told.stderr


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_arm_of_a_packaged_study_is_a_spec(path, registry):
    study = Study.load(path.stem)
    specs = [load_benchmark(study.baseline, registry, overrides=arm) for _, arm in study.arms()]
    different = {json.dumps(canonical(spec), sort_keys=True) for spec in specs}
    assert len(different) == len(specs)


def test_a_table_has_intervals_and_paired_differences():
    def arm(name, *accuracies):
        others = {"perception_accuracy": 0.9, "perception_errors": 0.02, "reasoning_errors": 0.01}
        cells = [
            {"seed": seed, "metrics": {"test_accuracy": accuracy, **others}}
            for seed, accuracy in enumerate(accuracies)
        ]
        return {"arm": {"labels": name}, "cells": cells}

    table = told({"arms": [arm("soft", 0.90, 0.92, 0.94), arm("hard", 0.89, 0.90, 0.94)]})
    # Student's t of 2 degrees of freedom at 97.5 % is 4.303; deviations are 2 and 1 points.
    assert table.splitlines() == [
        "| labels | test, % | test, to the first | symbols seen, % | wrong by perception, % | "
        "wrong by reasoning, % |",
        "| --- | --- | --- | --- | --- | --- |",
        "| soft | 92.00 ± 4.97 |  | 90.00 | 2.00 | 1.00 |",
        "| hard | 91.00 ± 6.57 | −1.00 ± 2.48 | 90.00 | 2.00 | 1.00 |",
    ]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_study_s_record_is_of_its_file_as_it_is_packaged(path, registry):
    record, study = json.loads(path.read_text()), Study.load(path.stem)
    assert record["seeds"] == list(study.seeds)
    for arm, (chosen, changes) in zip(record["arms"], study.arms(), strict=True):
        assert (arm["arm"], arm["changes"]) == (chosen, changes)
        assert [cell["seed"] for cell in arm["cells"]] == record["seeds"]
        packaged = load_benchmark(record["baseline"], registry, overrides=changes)
        seeds = list(packaged.seeds)
        assert load_benchmark({**arm["declared"], "seeds": seeds}, registry) == packaged
        for plugin, version in arm["plugins"].items():
            assert registry.find(*plugin.split()).plugin.version == version, plugin


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_the_docs_show_the_table_of_a_study_s_record(path):
    assert told(json.loads(path.read_text())) in (ROOT / "docs" / "results.md").read_text()


def test_the_docs_show_the_tables_of_all_recorded_specs():
    shown = (ROOT / "docs" / "results.md").read_text()
    assert told_recipes(recorded()) in shown
    assert told_lengths(recorded()) in shown
