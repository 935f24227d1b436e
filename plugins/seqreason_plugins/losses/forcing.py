"""Forcing policies: how often the prediction stage is fed the truth in training."""

from typing import final

from seqreason.interfaces import Forcing, LossContext, PluginConfig


@final
class Teacher(Forcing):
    """Always the true symbols (Williams & Zipser, "A learning algorithm …", 1989)."""

    name = "teacher"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def forced_share(self, progress: float) -> float:
        """1 throughout."""
        return 1.0
