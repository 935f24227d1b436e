"""Adam, and its learning rate as a function of the step alone."""

import math

import torch
from torch import nn

from seqreason.spec import TrainingSpec


def make_optimiser(model: nn.Module, spec: TrainingSpec) -> torch.optim.Adam:
    """Adam over the parameters of *model* that have a gradient.

    Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    # Fused: one kernel for all parameters, in place of several for each.
    return torch.optim.Adam(trained, lr=spec.learning_rate, fused=True)


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Use *rate* in the next step."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def learning_rate(spec: TrainingSpec, step: int) -> float:
    """The learning rate of training step *step* (0, 1, …): a linear rise, then the schedule.

    With peak rate r, N steps and w of them of warm-up, step t has r · min(1, (t + 1) / w), times
    (1 + cos(π t / N)) / 2 if the schedule is `cosine`. Loshchilov & Hutter, "SGDR: stochastic
    gradient descent with warm restarts", ICLR 2017, without the restarts.
    """
    num_warmup = spec.warmup_fraction * spec.num_steps
    rise = min(1.0, (step + 1) / max(num_warmup, 1.0))
    if spec.schedule == "constant":
        return spec.learning_rate * rise
    fall = 0.5 * (1 + math.cos(math.pi * step / spec.num_steps))
    return spec.learning_rate * rise * fall
