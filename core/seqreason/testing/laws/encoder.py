"""The laws of encoders."""

from collections.abc import Iterator
from typing import Any, Final, final

import torch
from hypothesis import strategies as st
from pydantic import Field
from torch import Tensor, nn

from seqreason.interfaces import EncoderContext
from seqreason.testing.case import Case
from seqreason.testing.demands import demand
from seqreason.testing.law import SEEDS, KindLaws, Law
from seqreason.testing.laws.tensors.comparing import demand_close, demand_tensor
from seqreason.testing.laws.tensors.modules import Inputs, ModuleLaws, Outputs
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "output-shape")


@final
class EncoderCase(Case):
    """The size of a frame, and the number of frames in a batch."""

    height: int = Field(16, ge=1, description="pixels")
    width: int = Field(16, ge=1, description="pixels")
    num_frames: int = Field(2, ge=0, description="frames in the batch")

    @property
    def context(self) -> EncoderContext:
        """The context that the encoder is made with."""
        return EncoderContext(self.height, self.width)

    def frames(self, count: int) -> Tensor:
        """Random grey frames, shape (count, 1, height, width)."""
        generator = torch.Generator().manual_seed(self.seed)
        return torch.rand(count, 1, self.height, self.width, generator=generator)


@final
class _EncoderProbe:
    """How to run an encoder."""

    def inputs(self, case: EncoderCase) -> Inputs:
        return {"frames": case.frames(max(case.num_frames, 1))}

    def roomy(self, case: EncoderCase) -> EncoderCase:
        return case.model_copy(update={"height": 28, "width": 28, "num_frames": 4})

    def training_inputs(self, case: EncoderCase) -> Inputs:
        return {"frames": case.frames(case.num_frames + 2)}

    def extreme_inputs(self, case: EncoderCase) -> Iterator[Inputs]:
        frames = case.frames(2)
        yield from ({"frames": torch.zeros_like(frames)}, {"frames": torch.ones_like(frames)})

    def run(self, module: nn.Module, inputs: Inputs, case: EncoderCase) -> Outputs:  # noqa: ARG002  # reasoners need it
        frames = inputs["frames"]
        size: Any = getattr(module, "features", None)
        demand(type(size) is int, f"self.features must be an int, got {size!r}: set it in __init__")
        shape = {"frames": len(frames), "features": size}
        return (demand_tensor(module(frames), "features", "frames features", **shape),)


_PROBE: Final = _EncoderProbe()


def construction(subject: Subject, case: EncoderCase) -> None:
    """It can be made for any frame size, or refuses with a reason."""
    subject.make(case.settings, case.context)


def output_shape(subject: Subject, case: EncoderCase) -> None:
    """Any number of frames, even 0 or 1, gives as many rows of `self.features` numbers."""
    encoder = subject.made(case).eval()
    for count in (case.num_frames, 1, 0):
        with torch.no_grad():
            _PROBE.run(encoder, {"frames": case.frames(count)}, case)


def frame_independence(subject: Subject, case: EncoderCase) -> None:
    """In evaluation mode, a frame's features do not depend on the other frames in the batch."""
    encoder, frames = subject.made(case).eval(), case.frames(3)
    with torch.no_grad():
        (together,) = _PROBE.run(encoder, {"frames": frames}, case)
        for place in range(3):
            (alone,) = _PROBE.run(encoder, {"frames": frames[place : place + 1]}, case)
            demand_close(
                alone[0], together[place], "features of a frame alone and in a batch of three"
            )


ENCODER_LAWS: Final = KindLaws(
    "encoder",
    EncoderCase,
    {
        "seed": SEEDS,
        "height": st.integers(8, 32),
        "width": st.integers(8, 32),
        "num_frames": st.integers(0, 5),
    },
    (
        Law.of(construction),
        Law.of(output_shape, needs=_FOUNDATION[:1]),
        Law.of(frame_independence, needs=_FOUNDATION),
        *ModuleLaws(_PROBE).laws(needs=_FOUNDATION),
    ),
)
