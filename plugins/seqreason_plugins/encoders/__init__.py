"""Encoders: `residual-cnn`, the report's, and others to hold against it.

`mlp` knows nothing of images, `frozen-random` learns nothing, and `torchvision` is any of the
networks that others have settled on.
"""

import seqreason
from seqreason_plugins.encoders.frozen_random import FrozenRandom
from seqreason_plugins.encoders.mlp import MLP
from seqreason_plugins.encoders.residual_cnn import ResidualCNN
from seqreason_plugins.encoders.torchvision_backbone import TorchvisionBackbone

__all__ = ["MLP", "FrozenRandom", "ResidualCNN", "TorchvisionBackbone", "seqreason_encoders"]


@seqreason.hookimpl
def seqreason_encoders() -> list[type[seqreason.Encoder]]:
    """The built-in encoders."""
    return [FrozenRandom, MLP, ResidualCNN, TorchvisionBackbone]
