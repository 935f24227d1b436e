"""The moving average of weights over training steps: smoother than the weights themselves."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def moving_average(model: nn.Module, *, decay: float) -> AveragedModel:
    """A copy of *model* whose weights follow it: average ← d · average + (1 - d) · model.

    In update t (1, 2, …) d is the smaller of *decay* and t / (t + 9), so that the average soon
    forgets the first weights. Running statistics, such as those of batch normalisation, follow too.
    Tensors of whole numbers are copied.

    Polyak & Juditsky, SIAM Journal on Control and Optimization 30 (4), 1992.
    """

    def follow(average: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        num_averaged = int(count)
        keep = min(decay, num_averaged / (num_averaged + 9))
        for mean, value in zip(average, current, strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)

    with torch.no_grad():
        return AveragedModel(model, multi_avg_fn=follow, use_buffers=True)
