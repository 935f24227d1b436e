"""Declarative specs: experiments as data."""

from seqreason.spec.benchmark import (
    BenchmarkSpec,
    EvaluationSpec,
    LossSpec,
    ResourceSpec,
    TrainingSpec,
)
from seqreason.spec.choice import PluginChoice
from seqreason.spec.loading import load_benchmark
from seqreason.spec.plan import Arm, Contrast, Plan, Question
from seqreason.spec.planning import load_plan

__all__ = [
    "Arm",
    "BenchmarkSpec",
    "Contrast",
    "EvaluationSpec",
    "LossSpec",
    "Plan",
    "PluginChoice",
    "Question",
    "ResourceSpec",
    "TrainingSpec",
    "load_benchmark",
    "load_plan",
]
