"""Objectives: the loss of a stage's logits against their targets."""

from typing import final

from torch import Tensor

from seqreason import LossContext, Objective, PluginConfig


@final
class MeanSquaredError(Objective):
    """Mean squared difference of probabilities, over the alphabet (the report's choice).

        loss = 1/K Σ over symbols k of (softmax(logits)_k - target_k)²

    Shapes:
        logits, targets: (frames, alphabet)
        returns: (frames,)
    """

    name = "mse"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The mean squared error of each frame, 0 … 2/K."""
        return (logits.softmax(dim=1) - targets).square().mean(dim=1)


@final
class CrossEntropy(Objective):
    """Cross-entropy of the targets and the predicted distribution, in nats.

        loss = - Σ over symbols k of target_k · log softmax(logits)_k

    Shapes:
        logits, targets: (frames, alphabet)
        returns: (frames,)
    """

    name = "cross-entropy"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The cross-entropy of each frame, at least the entropy of its target."""
        return -(targets * logits.log_softmax(dim=1)).sum(dim=1)
