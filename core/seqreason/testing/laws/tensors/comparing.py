"""Comparing what tensors a plug-in gives."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqreason.testing.demands import BrokenLawError, demand

# Sums in another order differ in their last bits: about 1e-6 of a value's size in float32.
_RELATIVE, _ABSOLUTE = 1e-3, 1e-4


def demand_alike(came: Tensor, wanted: Tensor, message: str) -> None:
    """Nothing, where the two agree up to rounding.

    Raises:
        BrokenLawError: they differ; the message begins with *told*.
    """
    demand(
        came.shape == wanted.shape, f"{message}: {tuple(came.shape)} is not {tuple(wanted.shape)}"
    )
    if torch.allclose(came, wanted, rtol=_RELATIVE, atol=_ABSOLUTE, equal_nan=True):
        return
    off = (came.double() - wanted.double()).abs().nan_to_num(nan=float("inf")).max().item()
    raise BrokenLawError(f"{message}: they differ by up to {off:.3g}")


def demand_tensor(value: object, message: str) -> Tensor:
    """*value*, once it is sure that it is a tensor.

    Raises:
        BrokenLawError: it is something else.
    """
    if not isinstance(value, Tensor):
        raise BrokenLawError(f"{message} must be a tensor, got {type(value).__name__}")
    return value


def bytes_of(tensors: Sequence[Tensor]) -> bytes:
    """All that the tensors hold, to compare by."""
    parts = [tensor.detach().double().contiguous().numpy().tobytes() for tensor in tensors]
    return b"|".join(parts)
