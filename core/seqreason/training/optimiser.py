"""Adam, and its learning rate as a function of the step alone."""

import math

import torch
from torch import nn

from seqreason.spec import TrainingSpec


def make_optimiser(model: nn.Module, spec: TrainingSpec) -> torch.optim.Adam:
    """Adam (Kingma & Ba, ICLR 2015) over all parameters of *model*."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    # Fused: one kernel over all parameters rather than several for each.
    return torch.optim.Adam(trained, lr=spec.learning_rate, fused=True)


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Use *rate* in the next step."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def learning_rate(spec: TrainingSpec, step: int) -> float:
    """The rate of training step *step* (0, 1, …): a linear rise, then the schedule."""
    num_warmup = spec.warmup_fraction * spec.num_steps
    rise = min(1.0, (step + 1) / max(num_warmup, 1.0))
    if spec.schedule == "constant":
        return spec.learning_rate * rise
    fall = 0.5 * (1 + math.cos(math.pi * step / spec.num_steps))
    return spec.learning_rate * rise * fall
