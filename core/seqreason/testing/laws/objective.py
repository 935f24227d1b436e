"""The laws of objectives."""

from typing import Any, Final, Literal, final, get_args

import torch
from hypothesis import strategies as st
from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from seqreason.interfaces import LossContext, Objective
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import SEEDS, KindLaws, Law
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_tensor
from seqreason.testing.laws.tensors.functions import FunctionLaws
from seqreason.testing.laws.tensors.modules import Inputs
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "output-shape")
_ROUNDING: Final = 1e-5
_EXTREME: Final = 1e4
# Logits this far apart leave a probability to other symbols that rounds to 0.
_MAX_LOGIT_GAP: Final = 50.0
_LEAST_DIFFERENCE: Final = 0.1
TargetKind = Literal["one-hot", "softened", "drawn"]


@final
class ObjectiveCase(Case):
    """Random logits, and targets of some kind."""

    alphabet_size: int = Field(4, ge=2, description="symbols of the alphabet")
    num_frames: int = Field(3, ge=0, description="frames in the batch")
    targets: TargetKind = Field("drawn", description="the kind of distributions that targets are")

    @property
    def context(self) -> LossContext:
        """The context that the objective is made with."""
        return LossContext(self.alphabet_size)

    def logits(self, count: int) -> Tensor:
        """Random logits, shape (count, alphabet)."""
        return torch.randn(count, self.alphabet_size, generator=self._generator(1))

    def distributions(self, count: int) -> Tensor:
        """Random targets, shape (count, alphabet)."""
        if self.targets == "drawn":
            drawn = torch.randn(count, self.alphabet_size, generator=self._generator(2))
            return drawn.softmax(dim=1)
        symbols = torch.randint(self.alphabet_size, (count,), generator=self._generator(3))
        hard = one_hot(symbols, self.alphabet_size).float()
        return hard if self.targets == "one-hot" else 0.8 * hard + 0.2 / self.alphabet_size

    def inputs(self) -> Inputs:
        """Logits and targets of the batch, for at least one frame."""
        count = max(self.num_frames, 1)
        return {"logits": self.logits(count), "targets": self.distributions(count)}

    def _generator(self, number: int) -> torch.Generator:
        return torch.Generator().manual_seed(4 * self.seed + number)


def construction(subject: Subject, case: ObjectiveCase) -> None:
    """It can be made for any alphabet of two symbols or more, or refuses with a reason."""
    subject.make(case.settings, case.context)


def output_shape(subject: Subject, case: ObjectiveCase) -> None:
    """Each frame of a batch, even of 0 or 1, gets one float32 loss."""
    objective: Objective = subject.made(case)
    for count in (case.num_frames, 1, 0):
        losses = objective.losses(case.logits(count), case.distributions(count))
        losses = demand_tensor(losses, "losses (one per frame, no mean)", "frames", frames=count)
        demand(losses.dtype == torch.float32, f"losses must be float32, got {losses.dtype}")


def target_minimum(subject: Subject, case: ObjectiveCase) -> None:
    """No logits have a lower loss than those whose distribution is the target."""
    objective, count = subject.made(case), max(case.num_frames, 1)
    targets = case.distributions(count)
    at_target = targets.log().clamp(min=-_MAX_LOGIT_GAP)
    least = objective.losses(at_target.clone(), targets.clone()).detach()
    steps = [scale * case.logits(count) for scale in (0.1, 1.0, 10.0)]
    # A lower loss lies downhill, in a direction that random logits may well miss.
    downhill = -_gradient(objective, at_target, targets)
    steps += [downhill * (size / downhill.norm().clamp(min=1e-9)) for size in (0.1, 0.5)]
    for step in steps:
        # Another law checks for NaN.
        lower = (least - objective.losses(at_target + step, targets.clone())).nan_to_num(nan=0.0)
        message = f"away from the target the loss is lower, by {lower.max().item():.3g}"
        demand(lower.max().item() <= _ROUNDING, message)


def symbol_sensitivity(subject: Subject, case: ObjectiveCase) -> None:
    """At the target, exchanging the logits of two symbols raises the loss."""
    varied = case.model_copy(update={"targets": "drawn"})
    objective, targets = subject.made(case), varied.distributions(1)
    at_target = targets.log()
    least = objective.losses(at_target.clone(), targets.clone()).item()
    for second in range(1, case.alphabet_size):
        first = second - 1
        exchanged = at_target.clone()
        exchanged[:, [first, second]] = at_target[:, [second, first]]
        # Nearly equal logits may be exchanged.
        if (at_target - exchanged).abs().max() > _LEAST_DIFFERENCE:
            loss = objective.losses(exchanged, targets.clone()).item()
            message = f"{loss:.6g} with the symbols {first} and {second} exchanged"
            demand(not loss <= least, f"the loss is {least:.6g} at the target, but {message}")


def output_finiteness(subject: Subject, case: ObjectiveCase) -> None:
    """Losses and their gradients are finite, even for logits of ±10 000."""
    objective: Objective = subject.made(case)
    for kind in get_args(TargetKind):
        inputs = case.model_copy(update={"targets": kind}).inputs()
        towards = 2 * (inputs["targets"] == inputs["targets"].amax(dim=1, keepdim=True)).float() - 1
        for logits in (inputs["logits"], inputs["logits"].sign(), towards, -towards):
            for scale in (0.0, 1.0, _EXTREME):
                message = f"at logits of ±{scale:g} and {kind} targets"
                _demand_finite(objective, scale * logits, inputs["targets"], message)


def gradient_flow(subject: Subject, case: ObjectiveCase) -> None:
    """Away from the target, a gradient reaches the logits of every frame."""
    gradient = _gradient(subject.made(case), **case.inputs())
    demand(gradient.any(), "no gradient reaches the logits: is there a detach or no_grad?")
    demand(bool((gradient != 0).any(dim=1).all()), "the gradient of a whole frame is zero")


def setting_effects(subject: Subject, case: ObjectiveCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""
    several = case.model_copy(update={"num_frames": 16})

    def behaviour(settings: dict[str, Any]) -> bytes:
        objective: Objective = subject.make(settings, case.context)
        return bytes_of([objective.losses(**several.inputs())])

    check_setting_effects(subject, behaviour)


def _demand_finite(objective: Objective, logits: Tensor, targets: Tensor, message: str) -> None:
    losses = objective.losses(logits.clone(), targets.clone())
    demand(bool(torch.isfinite(losses).all()), f"a loss {message} is not finite")
    gradient = _gradient(objective, logits, targets)
    demand(bool(torch.isfinite(gradient).all()), f"a gradient {message} is not finite")


def _gradient(objective: Objective, logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of the losses by the logits; zero where the losses carry none."""
    varied = logits.clone().requires_grad_()
    total = objective.losses(varied, targets.clone()).sum()
    if not total.requires_grad:
        return torch.zeros_like(logits)
    (gradient,) = torch.autograd.grad(total, varied, allow_unused=True, materialize_grads=True)
    return gradient


OBJECTIVE_LAWS: Final = KindLaws(
    "objective",
    ObjectiveCase,
    {
        "seed": SEEDS,
        "alphabet_size": st.integers(2, 40),
        "num_frames": st.integers(0, 5),
        "targets": st.sampled_from(["drawn", "softened", "one-hot"]),
    },
    (
        Law.of(construction),
        Law.of(output_shape, needs=_FOUNDATION[:1]),
        Law.of(target_minimum, needs=_FOUNDATION),
        Law.of(symbol_sensitivity, needs=(*_FOUNDATION, "target-minimum")),
        Law.of(output_finiteness, needs=_FOUNDATION),
        Law.of(gradient_flow, needs=_FOUNDATION),
        *FunctionLaws("losses", ObjectiveCase.inputs).laws(needs=_FOUNDATION),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
