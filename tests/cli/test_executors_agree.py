"""The same suite under every executor: the same cells, with the same metrics."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import seqreason

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")


@pytest.fixture
def metrics_under(make_data, tmp_path):
    """Runs a suite of two arms at two seeds, and gives each cell's metrics."""
    suite = {
        "suite": "mine",
        "benchmarks": [make_data(seeds=[0, 1])],
        "axes": {"reasoner.cell": ["gru", "lstm"]},
        "resources": {"cpus": 1},
    }
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(suite))

    def metrics_under(executor):
        if executor == "sequential":
            cells = seqreason.run(suite, plugins=[TINY_PLUGINS], runs=tmp_path / "one")
            return {(cell.arm, cell.seed): cell.metrics for cell in cells}
        command = [sys.executable, "-m", "seqreason.cli", "run", "mine.yaml", "--json"]
        command += ["--plugin", TINY_PLUGINS, "--executor", executor, "--runs", executor[:10]]
        result = subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert result.returncode == 0, result.stderr
        cells = json.loads(result.stdout)["cells"]
        return {(cell["arm"], cell["seed"]): cell["metrics"] for cell in cells}

    return metrics_under


@pytest.mark.slow
def test_processes_compute_what_one_process_computes(metrics_under):
    one = metrics_under("sequential")
    assert set(one) == {("tiny, gru", 0), ("tiny, gru", 1), ("tiny, lstm", 0), ("tiny, lstm", 1)}
    assert metrics_under("processes") == one


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["ray", "{kind: submitit, cluster: local}"])
def test_a_cluster_computes_what_one_process_computes(metrics_under, executor):
    assert metrics_under(executor) == metrics_under("sequential")
