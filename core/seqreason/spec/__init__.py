"""Declarative specs: what is run, said as data."""

from seqreason.spec.benchmark import (
    BenchmarkSpec,
    EvaluationSpec,
    LossSpec,
    TrainingSpec,
)
from seqreason.spec.choice import PluginChoice
from seqreason.spec.loading import load_benchmark

__all__ = [
    "BenchmarkSpec",
    "EvaluationSpec",
    "LossSpec",
    "PluginChoice",
    "TrainingSpec",
    "load_benchmark",
]
