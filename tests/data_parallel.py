"""Trains a benchmark in several processes and saves the weights: run by test_data_parallel.

python data_parallel.py SPEC PLUGINS NUM_PROCESSES OUT
"""

import sys
from functools import partial
from pathlib import Path

import torch
from lightning_fabric import Fabric

from seqreason import Split
from seqreason.assembly import Benchmark
from seqreason.data import load_glyphs
from seqreason.registry import load_registry
from seqreason.spec import load_benchmark
from seqreason.training import CheckpointFile, Trainer


def train(fabric, *, spec_file, plugins, out):
    registry = load_registry([plugins])
    spec = load_benchmark(spec_file, registry)
    glyphs = load_glyphs(spec.source, registry)
    benchmark = Benchmark(spec, registry, glyphs, device=fabric.device)
    examples = benchmark.examples(0, Split.TRAIN)
    trainer = Trainer(
        benchmark.model(0), benchmark.loss, examples, spec.training, seed=0, fabric=fabric
    )
    trainer.train(CheckpointFile(Path(out)), validate=lambda: {"valid_accuracy": 0.0})


if __name__ == "__main__":
    spec_file, plugins, num_processes, out = sys.argv[1:]
    work = partial(train, spec_file=spec_file, plugins=plugins, out=out)
    if num_processes == "1":
        work(Fabric(accelerator="cpu", devices=1))
    else:
        fabric = Fabric(accelerator="cpu", devices=int(num_processes), strategy="ddp_spawn")
        fabric.launch(work)
    print(torch.load(out, weights_only=True)["step"])
