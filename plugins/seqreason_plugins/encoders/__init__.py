"""Encoders: `residual-cnn` of the report, and three to compare it with.

`mlp` ignores which pixels are neighbours, `frozen-random` learns nothing, and `torchvision` is
any classification network of torchvision.
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
