import subprocess
import sys
from pathlib import Path

import pytest
import torch

TESTS = Path(__file__).parent.parent


@pytest.mark.slow
def test_two_processes_train_the_weights_of_one(spec_file, tmp_path):
    weights = []
    for num_processes in (1, 2):
        out = tmp_path / f"{num_processes}.pt"
        command = [
            TESTS / "data_parallel.py",
            spec_file,
            TESTS / "tiny_plugins.py",
            num_processes,
            out,
        ]
        subprocess.run([sys.executable, *map(str, command)], check=True, timeout=300)
        weights.append(torch.load(out, weights_only=True)["model"])
    one, two = weights
    assert one.keys() == two.keys()
    for name, part in one.items():
        torch.testing.assert_close(part, two[name], rtol=0, atol=1e-6)
