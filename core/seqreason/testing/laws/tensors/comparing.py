"""Comparing the tensors of a plug-in."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqreason.structures.axes import ShapeError, check_axes
from seqreason.testing.demands import BrokenLawError, demand

# Sums in another order differ in their last bits, in float32 by about 1e-6 of the value.
_RELATIVE, _ABSOLUTE = 1e-3, 1e-4


def demand_close(one: Tensor, other: Tensor, what: str) -> None:
    """Require that two tensors are equal up to rounding.

    Raises:
        BrokenLawError: they differ; the message begins with *what*.
    """
    shapes = tuple(one.shape), tuple(other.shape)
    demand(one.shape == other.shape, f"{what} have the shapes {shapes[0]} and {shapes[1]}")
    if torch.allclose(one, other, rtol=_RELATIVE, atol=_ABSOLUTE, equal_nan=True):
        return
    off = (one.double() - other.double()).abs().nan_to_num(nan=float("inf")).max().item()
    raise BrokenLawError(f"{what} differ by up to {off:.3g}")


def demand_tensor(value: object, what: str, axes: str, **sizes: int) -> Tensor:
    """*value*, checked to be a tensor with *axes*, as by `check_axes`.

    Raises:
        BrokenLawError: it is not a tensor, or has other axes.
    """
    if not isinstance(value, Tensor):
        raise BrokenLawError(f"{what} must be a tensor, got {type(value).__name__}")
    try:
        check_axes(value, axes, where=what, **sizes)
    except ShapeError as error:
        raise BrokenLawError(str(error)) from error
    return value


def bytes_of(tensors: Sequence[Tensor]) -> bytes:
    """The content of the tensors, to compare."""
    parts = [tensor.detach().double().contiguous().numpy().tobytes() for tensor in tensors]
    return b"|".join(parts)
