"""One cell on several devices: `--devices`, and `--nodes` under torchrun."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
# Only what depends on the last bits of probabilities may differ.
NOISE = 1e-5


@pytest.fixture
def start(spec_file, tmp_path):
    def start(*options, launcher=(sys.executable,)):
        command = [*launcher, "-m", "seqreason.cli", "run", str(spec_file), "--json"]
        return subprocess.Popen(
            [*command, "--plugin", TINY_PLUGINS, *options],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    return start


def metrics_of(process):
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    (cell,) = json.loads(output)["cells"]
    return cell["metrics"]


def test_nodes_without_a_launcher_explain_how_to_launch_them(seqreason, spec_file):
    result = seqreason("run", spec_file, "--plugin", TINY_PLUGINS, "--nodes", "2")
    assert result.returncode == 2
    assert "--nodes 2: needs a launcher that starts this command on every node" in result.stderr
    assert "torchrun --nnodes 2" in result.stderr


def test_a_batch_that_cannot_be_shared_is_refused(seqreason, spec_file):
    result = seqreason("run", spec_file, "--plugin", TINY_PLUGINS, "--devices", "21")
    assert result.returncode == 2
    assert "training.batch_size: a batch of 20 cannot be shared by 21 processes" in result.stderr


@pytest.mark.slow
def test_two_devices_give_the_metrics_of_one(start):
    one = metrics_of(start("--runs", "one"))
    two = metrics_of(start("--runs", "two", "--devices", "2"))
    assert two == pytest.approx(one, abs=NOISE)


@pytest.mark.slow
def test_two_nodes_give_the_metrics_of_one_and_only_the_first_prints(start):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nnodes", "2"]
    torchrun += ["--nproc-per-node", "1", "--master-addr", "localhost", "--master-port", str(port)]
    first, second = (
        start("--runs", "two", "--nodes", "2", launcher=[*torchrun, "--node-rank", str(rank)])
        for rank in (0, 1)
    )
    two = metrics_of(first)
    output, _ = second.communicate(timeout=60)
    assert (second.returncode, output) == (0, "")
    assert two == pytest.approx(metrics_of(start("--runs", "one")), abs=NOISE)
