"""Cases for reasoners: random features of a few sequences, and a rule behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import torch
from pydantic import Field, field_validator
from torch import Tensor, nn

from seqreason.interfaces import ReasonerContext
from seqreason.structures.packing import Packing
from seqreason.structures.sequences import PADDING, Hypotheses
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.laws.tensors.comparing import demand_tensor
from seqreason.testing.laws.tensors.modules import Inputs, Outputs


@final
@dataclass(frozen=True)
class StayOrRise:
    """A rule: the symbols of a sequence are all equal, or each is one more than the last.

    So any length fits into any alphabet. It is a class so that it can be pickled.
    """

    alphabet_size: int

    def __call__(self, length: int) -> Hypotheses:
        """All sequences of *length* shown symbols and the answer, equally probable."""
        size = self.alphabet_size
        same = np.repeat(np.arange(size)[:, None], length + 1, axis=1)
        rising = np.arange(max(size - length, 0))[:, None] + np.arange(length + 1)
        symbols = np.concatenate([same, rising]).astype(np.int64)
        return Hypotheses(symbols, np.full(len(symbols), 1 / len(symbols)))


@final
class ReasonerCase(Case):
    """The sizes of features and alphabet, and the lengths of the sequences in a batch."""

    num_features: int = Field(4, ge=1, description="length of a frame's feature vector")
    alphabet_size: int = Field(3, ge=2, description="symbols of the alphabet")
    lengths: tuple[int, ...] = Field(
        (2, 1), description="shown symbols per sequence, longest first"
    )

    @field_validator("lengths")
    @classmethod
    def _they_fall(cls, lengths: tuple[int, ...]) -> tuple[int, ...]:
        if not lengths or min(lengths) < 1 or list(lengths) != sorted(lengths, reverse=True):
            raise ValueError("lengths must be at least 1 and must not rise")
        return lengths

    @property
    def context(self) -> ReasonerContext:
        """The context that the reasoner is made with."""
        return ReasonerContext(
            self.num_features, self.alphabet_size, StayOrRise(self.alphabet_size)
        )

    @property
    def packing(self) -> Packing:
        """The layout of the frames."""
        return Packing.of_lengths(np.array(self.lengths))

    def features(self) -> Tensor:
        """Random features in packed order, shape (frames, features)."""
        generator = torch.Generator().manual_seed(self.seed)
        return torch.randn(sum(self.lengths), self.num_features, generator=generator)

    def symbols(self) -> Tensor:
        """A random symbol for each frame, shape (frames,)."""
        generator = torch.Generator().manual_seed(self.seed)
        return torch.randint(self.alphabet_size, (sum(self.lengths),), generator=generator)


@final
class _ReasonerProbe:
    """How to run a reasoner."""

    def inputs(self, case: ReasonerCase) -> Inputs:
        return {"features": case.features()}

    def roomy(self, case: ReasonerCase) -> ReasonerCase:
        room = {"num_features": 8, "alphabet_size": 6, "lengths": (5, 4, 2)}
        return case.model_copy(update=room)

    def training_inputs(self, case: ReasonerCase) -> Inputs:
        symbols = case.symbols()
        # Some frames are forced and some are not; the last one never is.
        is_forced = torch.arange(len(symbols), 0, -1) % 2 == 0
        return {"features": case.features(), "forced": symbols.where(is_forced, PADDING)}

    def extreme_inputs(self, case: ReasonerCase) -> Iterator[Inputs]:
        for scale in (0.0, 1e4):
            yield {"features": case.features() * scale}

    def run(self, module: nn.Module, inputs: Inputs, case: ReasonerCase) -> Outputs:
        features = inputs["features"]
        packing = case.packing.to(features.device)
        returned = module(features, packing, inputs.get("forced"))
        demand(
            isinstance(returned, tuple) and len(returned) == 2,
            f"return Reasoning(perception, prediction), not {type(returned).__name__}",
        )
        shape = {"frames": sum(case.lengths), "alphabet": case.alphabet_size}
        perception, prediction = (
            demand_tensor(logits, f"logits of {stage}", "frames alphabet", **shape)
            for logits, stage in zip(returned, ("perception", "prediction"), strict=True)
        )
        return perception, prediction


PROBE: Final = _ReasonerProbe()
