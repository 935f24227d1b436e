"""The laws of labels."""

from typing import Any, Final, final

import torch
from hypothesis import strategies as st
from pydantic import Field
from torch import Tensor

from seqreason.interfaces import Labels, LossContext
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import SEEDS, KindLaws, Law
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_tensor
from seqreason.testing.laws.tensors.functions import FunctionLaws
from seqreason.testing.laws.tensors.modules import Inputs
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "target-distribution")
_ROUNDING: Final = 1e-5


@final
class LabelsCase(Case):
    """The size of the alphabet, and the number of true symbols."""

    alphabet_size: int = Field(5, ge=2, description="symbols of the alphabet")
    num_frames: int = Field(3, ge=0, description="true symbols in the batch")

    @property
    def context(self) -> LossContext:
        """The context that the labels are made with."""
        return LossContext(self.alphabet_size)

    def symbols(self, count: int) -> Tensor:
        """Random symbols, shape (count,)."""
        generator = torch.Generator().manual_seed(self.seed)
        return torch.randint(self.alphabet_size, (count,), generator=generator)


def construction(subject: Subject, case: LabelsCase) -> None:
    """They can be made for any alphabet of two symbols or more, or refuse with a reason."""
    subject.make(case.settings, case.context)


def target_distribution(subject: Subject, case: LabelsCase) -> None:
    """Each symbol of a batch, even of 0 or 1, gets a float32 distribution: at least 0, sum 1."""
    labels: Labels = subject.made(case)
    batches = [case.symbols(count) for count in (case.num_frames, 1, 0)]
    for symbols in (*batches, torch.arange(case.alphabet_size)):
        count = len(symbols)
        shape = {"frames": count, "alphabet": case.alphabet_size}
        targets = demand_tensor(labels.targets(symbols), "targets", "frames alphabet", **shape)
        demand(targets.dtype == torch.float32, f"targets must be float32, got {targets.dtype}")
        demand(
            bool((targets >= 0).all()), f"a share is below 0: {targets.min() if count else 0:.3g}"
        )
        sums = targets.sum(dim=1)
        off = (sums - 1).abs().max().item() if count else 0.0
        demand(off <= _ROUNDING, f"the shares of a frame must sum to 1, but are off by {off:.3g}")


def truth_dominance(subject: Subject, case: LabelsCase) -> None:
    """No symbol gets a larger share than the true one."""
    symbols = torch.arange(case.alphabet_size)
    targets = subject.made(case).targets(symbols.clone())
    of_truth = targets.gather(1, symbols[:, None])
    least = (of_truth - targets).min().item()
    demand(least >= -_ROUNDING, f"another symbol gets {-least:.3g} more than the true one")


def setting_effects(subject: Subject, case: LabelsCase) -> None:
    """Every setting changes something, or is declared inert with a reason."""

    def behaviour(settings: dict[str, Any]) -> bytes:
        symbols = torch.arange(case.alphabet_size)
        labels: Labels = subject.make(settings, case.context)
        return bytes_of([labels.targets(symbols)])

    check_setting_effects(subject, behaviour)


def _inputs(case: LabelsCase) -> Inputs:
    return {"symbols": case.symbols(max(case.num_frames, 2))}


LABELS_LAWS: Final = KindLaws(
    "labels",
    LabelsCase,
    {"seed": SEEDS, "alphabet_size": st.integers(2, 40), "num_frames": st.integers(0, 6)},
    (
        Law.of(construction),
        Law.of(target_distribution, needs=_FOUNDATION[:1]),
        Law.of(truth_dominance, needs=_FOUNDATION),
        *FunctionLaws("targets", _inputs).laws(needs=_FOUNDATION),
        Law.of(setting_effects, needs=_FOUNDATION, tries_many=False),
    ),
)
