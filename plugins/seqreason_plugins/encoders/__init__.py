"""Encoders: `residual-cnn`, the report's."""

import seqreason
from seqreason.interfaces import Encoder
from seqreason_plugins.encoders.residual_cnn import ResidualCNN

__all__ = ["ResidualCNN", "seqreason_encoders"]


@seqreason.hookimpl
def seqreason_encoders() -> list[type[Encoder]]:
    """The built-in encoders."""
    return [ResidualCNN]
