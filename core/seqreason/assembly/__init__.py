"""From a spec to working parts: model, loss policy and examples, made of the chosen plug-ins."""

from seqreason.assembly.benchmark import Benchmark, generator_of
from seqreason.assembly.determinism import seeded_torch
from seqreason.assembly.loss import LossPolicy, StageLosses
from seqreason.assembly.model import SequenceModel

__all__ = [
    "Benchmark",
    "LossPolicy",
    "SequenceModel",
    "StageLosses",
    "generator_of",
    "seeded_torch",
]
