"""Running a plug-in on other devices: on torch's meta device, and on CUDA if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch
from torch import Tensor

from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand

# From torch's errors for code that reads a tensor's values, which the meta device does not have.
_READS_VALUES: Final = (
    "_local_scalar_dense",
    "nonzero",
    "meta tensor",
    "Meta tensors",
    "data-dep",
    "unsupported scalarType",
)


def devices() -> tuple[str, ...]:
    """The devices to try, other than the CPU."""
    return ("meta", "cuda") if torch.cuda.is_available() else ("meta",)


def demand_device(output: Tensor, device: str) -> None:
    """Require that *output* is on *device*.

    Raises:
        BrokenLawError: it is on another.
    """
    message = f"inputs on {device} give outputs on {output.device}"
    demand(output.device.type == device, f"{message}: make tensors with device=….device")


@contextmanager
def excused_on_meta(device: str) -> Iterator[None]:
    """A block in which a plug-in may read values, for example by `item()`.

    Raises:
        NotApplicableError: it did, on torch's meta device.
        BrokenLawError: another error was raised on the device.
    """
    try:
        yield
    except (NotImplementedError, RuntimeError) as error:
        if device == "meta" and any(words in str(error) for words in _READS_VALUES):
            reason = "torch's meta device cannot run it: an accelerator is needed to try this law"
            raise NotApplicableError(reason) from error
        text = str(error).partition("\n")[0]
        raise BrokenLawError(
            f"it fails on the device {device}: {text}: make tensors with device=….device, and "
            "keep constants with register_buffer"
        ) from error
