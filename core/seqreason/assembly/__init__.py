"""From a spec to its parts: a model, a loss policy and examples, made of the chosen plug-ins."""

from seqreason.assembly.benchmark import Benchmark, assemble, data_digest, generator_of
from seqreason.assembly.determinism import seeded_torch
from seqreason.assembly.loss import LossPolicy, StageLosses
from seqreason.assembly.model import ModelParts, SequenceModel, build_model
from seqreason.assembly.sequence_dataset import (
    PaddedBatch,
    SequenceDataset,
    SequenceItem,
    dataset,
    examples_named,
)

__all__ = [
    "Benchmark",
    "LossPolicy",
    "ModelParts",
    "PaddedBatch",
    "SequenceDataset",
    "SequenceItem",
    "SequenceModel",
    "StageLosses",
    "assemble",
    "build_model",
    "data_digest",
    "dataset",
    "examples_named",
    "generator_of",
    "seeded_torch",
]
