"""A metric is declared in one row, and everything that shows metrics shows it."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seqreason.cli import app
from seqreason.errors import SpecError, UnknownNameError
from seqreason.reports.amounts import format_amount
from seqreason.reports.evidence_table import evidence_rows
from seqreason.reports.tables import limits_table, results_table
from seqreason.runs.results.results import stored_results
from seqreason.runs.store.cell_result import CellResult
from seqreason.spec import load_benchmark
from seqreason.spec.metrics import METRICS, Metric, check_metric, columns, format_share, metric_of
from seqreason.spec.schema import spec_schema
from seqreason_benchmarks.tables import recipes_table

EXTENSION = Path(__file__).parent.parent.parent / "docs" / "_extension"
PLACES = ("results", "limits", "cells", "evidence", "record", "recipes")


@pytest.fixture
def surprise(monkeypatch):
    """A metric that is declared in its row alone."""
    row = Metric("surprise", "surprise", "how often it surprises", better="lower", shown=PLACES)
    monkeypatch.setitem(METRICS, "surprise", row)


@pytest.fixture
def runs(tmp_path):
    """A run folder with one finished cell that was measured by the metric."""
    metrics = dict.fromkeys(METRICS, 0.5) | {"surprise": 0.1234}
    cell = asdict(CellResult("ab" * 16, "tiny", "tiny", 0, "finished", metrics=metrics))
    del cell["folder"], cell["is_reused"]
    folder = tmp_path / "runs" / "tiny" / "seed-0-abab"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(json.dumps(cell))
    (folder / "cell.json").write_text(json.dumps({"spec": {"benchmark": "tiny"}, "seed": 0}))
    return tmp_path / "runs"


@pytest.mark.usefixtures("surprise")
def test_a_metric_of_one_row_is_in_the_commands_tables_json_and_page(runs, tmp_path):
    def command(*words):
        result = CliRunner().invoke(app, [*words, "--runs", str(runs)], env={"COLUMNS": "200"})
        assert result.exit_code == 0, result.output
        return result.stdout

    table, page = command("results"), tmp_path / "page.html"
    assert re.search(" +".join(["seed", *columns("cells"), "time"]), table)
    assert "12.34" in table
    (cell,) = json.loads(command("results", "--json"))["cells"]
    assert cell["metrics"]["surprise"] == 0.1234
    command("report", "--out", str(page))
    assert page.read_text().count('<th scope="col">surprise</th>') == 2
    assert page.read_text().count("<td>12.34</td>") == 2


@pytest.mark.usefixtures("surprise")
def test_a_metric_of_one_row_is_in_the_tables_of_a_run(runs):
    results = stored_results(runs)
    for table in (results_table(results), limits_table(results)):
        assert "surprise" in [column.header for column in table.columns]
        assert "surprise: how often it surprises" in table.caption
    rows = evidence_rows(results.question, *results.evidence())
    assert (rows.headings[-1], rows.sections[0][0][-1]) == ("surprise, %", "12.34")
    assert columns("record")["surprise"] == "surprise"
    cells = [{"metrics": {"surprise": 0.1}}, {"metrics": {"surprise": 0.3}}]
    means = dict.fromkeys(METRICS) | {"surprise": 0.2}
    assert recipes_table({"odd": {"mean": means, "cells": cells}}).endswith("| 20.00 |")


@pytest.mark.usefixtures("surprise")
def test_a_metric_of_one_row_is_known_to_specs_editors_and_the_docs(registry, monkeypatch):
    spec = load_benchmark("quickstart", registry)
    check_metric("surprise", spec, where="suite")
    assert "how often it surprises" in json.dumps(spec_schema(registry))
    monkeypatch.syspath_prepend(EXTENSION)
    from seqreason_site.metrics import markdown

    assert "| `surprise` | how often it surprises | share | lower |" in markdown()


def test_without_its_row_a_metric_is_unknown(registry):
    spec = load_benchmark("quickstart", registry)
    with pytest.raises(SpecError, match="suite: metric: unknown metric 'surprise'"):
        check_metric("surprise", spec, where="suite")
    with pytest.raises(UnknownNameError, match=r"unknown metric 'test_acuracy'.*test_accuracy"):
        metric_of("test_acuracy")


def test_a_shifted_test_and_a_trial_have_the_rows_of_their_metrics():
    assert metric_of("reasoning_errors/far") is METRICS["reasoning_errors"]
    assert metric_of("valid_perception_loss") is METRICS["perception_loss"]
    measured = ["test_accuracy", "test_accuracy/far", "reasoning_errors/far", "old/far"]
    assert list(columns("cells", measured=measured)) == [*columns("cells"), "far"]


def test_a_share_is_shown_in_percent_and_points_and_other_numbers_as_they_are():
    assert (format_share(0.9975), format_share(None)) == ("99.75 %", "-")
    assert format_amount(-0.012, "reasoning_errors") == "−1.20 points"
    assert format_amount(0.012, "negative_log_likelihood", signed=True) == "+0.01200"
