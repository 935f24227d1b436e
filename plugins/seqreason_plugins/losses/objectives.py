"""Objectives: how far a stage's logits are from their targets."""

from typing import final

from torch import Tensor

from seqreason import LossContext, Objective, PluginConfig


@final
class MeanSquaredError(Objective):
    """Mean squared difference of probabilities, over the alphabet (the report's choice)."""

    name = "mse"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """mean over symbols of (softmax(logits) - target)², shape (frames,)."""
        return (logits.softmax(dim=1) - targets).square().mean(dim=1)


@final
class CrossEntropy(Objective):
    """Cross-entropy of the targets and the predicted distribution, in nats."""

    name = "cross-entropy"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Minus the sum over symbols of target · log softmax(logits), shape (frames,)."""
        return -(targets * logits.log_softmax(dim=1)).sum(dim=1)
