"""Records match the packaged specs, and the docs quote them."""

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from seqreason.spec import load_benchmark, load_plan
from seqreason.spec.digest import canonical
from seqreason.spec.files import kind_of, packaged_specs, read_spec
from seqreason.statistics import paired_mean_difference
from seqreason_benchmarks import tables
from seqreason_benchmarks.recording import SUITES
from seqreason_benchmarks.tables import (
    claims_table,
    evidence_of,
    lengths_table,
    recipes_table,
    recorded,
    suite_table,
)

ROOT = Path(__file__).parent.parent
RECORDS = sorted(SUITES.glob("*.json"))
PACKAGED = sorted(name for name in packaged_specs() if kind_of(read_spec(name)[1]) != "benchmark")


@pytest.fixture(scope="module")
def results_page():
    return (ROOT / "docs" / "results.md").read_text()


@pytest.mark.parametrize("name", PACKAGED)
def test_every_packaged_suite_and_ablation_is_a_plan_of_its_own_name(name, registry):
    plan = load_plan(name, registry)
    assert plan.name == name
    assert len(plan.arms) > 1


def test_an_unknown_record_is_one_message_without_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tables", "stage"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(tables.__file__, run_name="__main__")
    message = capsys.readouterr().err
    assert ended.value.code == 2
    assert message.count("\n") == 1
    assert "did you mean 'stages'" in message


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_suite_s_record_matches_its_packaged_file(path, registry):
    record = json.loads(path.read_text())
    plan = load_plan(path.stem, registry)
    assert record["command"].startswith(f"seqreason run {path.stem}")
    assert [arm["arm"] for arm in record["arms"]] == [arm.name for arm in plan.arms]
    question = plan.question
    asked = [(found["arm"], found["against"]) for found in record["contrasts"]]
    assert asked == [(contrast.arm, contrast.against) for contrast in question.contrasts]
    assert (record["metric"], record["claim"]) == (question.metric, question.claim)
    for recorded_arm, arm in zip(record["arms"], plan.arms, strict=True):
        declared = load_benchmark({**recorded_arm["declared"], "seeds": [0]}, registry)
        assert canonical(declared) == canonical(arm.spec), arm.name
        assert tuple(cell["seed"] for cell in recorded_arm["cells"]) == arm.spec.seeds
        for plugin, version in recorded_arm["plugins"].items():
            assert registry.find(*plugin.split()).plugin.version == version, plugin


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_suite_s_record_adds_up(path):
    record = json.loads(path.read_text())
    metric = record["metric"]
    values = {
        arm["arm"]: [cell["metrics"][metric] for cell in arm["cells"]] for arm in record["arms"]
    }
    for arm in record["arms"]:
        assert arm["mean"] == pytest.approx(sum(values[arm["arm"]]) / len(arm["cells"]))
        assert arm["low"] <= arm["mean"] <= arm["high"]
    for found in record["contrasts"]:
        again = paired_mean_difference(values[found["arm"]], values[found["against"]])
        assert found["by_seed"] == pytest.approx(list(again.by_seed))
        assert found["difference"] == pytest.approx(again.interval.estimate)
        if again.covers_seeds:
            assert found["p_value"] == pytest.approx(again.p_value)
        assert found["p_value"] <= found["corrected_p"] <= 1


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_suite_s_record_has_no_absolute_path(path):
    assert not re.search(r"[\"=]/\w+/", path.read_text())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_gives_back_its_evidence(path):
    record = json.loads(path.read_text())
    question, arms, contrasts = evidence_of(record)
    assert len(arms) == len(record["arms"])
    assert [found.contrast for found in contrasts] == list(question.contrasts)
    assert suite_table(record).count("\n") >= len(arms) + 1


def test_the_docs_show_the_tables_of_all_records(results_page):
    suites = recorded(SUITES)
    for record in suites.values():
        if not record["claim"]:
            assert suite_table(record) in results_page
            assert all(sentence in results_page for sentence in record["summary"])
    assert claims_table(suites) in results_page
    assert recipes_table(recorded()) in results_page
    assert lengths_table(recorded()) in results_page
