"""Training: from a model with fresh weights to the weights that validate best."""

from seqreason.training.checkpoint import CheckpointFile, TrainingState
from seqreason.training.devices import hush_fabric, make_fabric
from seqreason.training.loop import Listener, Trainer

__all__ = ["CheckpointFile", "Listener", "Trainer", "TrainingState", "hush_fabric", "make_fabric"]
