"""What labels and objectives have in common: they turn tensors into tensors and keep nothing."""

import pickle
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from seqreason.assembly.determinism import seeded_torch
from seqreason.testing.demands import demand
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_alike
from seqreason.testing.laws.tensors.modules import excused_on_meta

Inputs = Mapping[str, Tensor]
Function = Callable[..., Tensor]


def demand_deterministic(function: Function, inputs: Inputs) -> None:
    """Nothing, where two calls give the same, whatever torch's generator stands at.

    Raises:
        BrokenLawError: they differ.
    """
    came = []
    for seed in (1, 2):
        with seeded_torch(seed):
            came.append(function(**_copied(inputs)))
    demand(bytes_of(came[:1]) == bytes_of(came[1:]), "two calls on one input differ")


def demand_untouched(function: Function, inputs: Inputs) -> None:
    """Nothing, where the inputs are after the call what they were before.

    Raises:
        BrokenLawError: one was written to.
    """
    before = _copied(inputs)
    function(**inputs)
    for name, tensor in before.items():
        demand(torch.equal(inputs[name], tensor), f"the {name} were changed in place")


def demand_each_frame_alone(function: Function, inputs: Inputs) -> None:
    """Nothing, where a frame's row is the same alone and in the batch.

    Raises:
        BrokenLawError: it is not.
    """
    together = function(**_copied(inputs))
    for place, row in enumerate(together):
        own = {name: tensor[place : place + 1] for name, tensor in inputs.items()}
        alone = function(**_copied(own))
        demand_alike(alone[0], row, "a frame alone and among others")


def demand_same_pickled(plugin: Any, method: str, inputs: Inputs) -> None:
    """Nothing, where a method gives the same once the plug-in was pickled and loaded again.

    Raises:
        BrokenLawError: it does not.
    """
    again, straight = getattr(pickled(plugin), method), getattr(plugin, method)
    demand_alike(again(**_copied(inputs)), straight(**_copied(inputs)), "after pickling")


def demand_same_device(function: Function, inputs: Inputs) -> None:
    """Nothing, where the outcome is on the device of the inputs.

    Raises:
        BrokenLawError: it is on another, or the call fails there.
        NotApplicableError: torch's meta device cannot do it.
    """
    for device in ("meta", "cuda") if torch.cuda.is_available() else ("meta",):
        moved = {name: tensor.to(device) for name, tensor in inputs.items()}
        with excused_on_meta(device):
            came = function(**moved)
        message = f"inputs on {device} give outputs on {came.device}"
        demand(came.device.type == device, f"{message}: make tensors with device=….device")


def pickled(plugin: Any) -> Any:
    """The plug-in after a journey to another process."""
    return pickle.loads(pickle.dumps(plugin))  # noqa: S301  # it was pickled right here


def _copied(inputs: Inputs) -> dict[str, Tensor]:
    """Inputs of one's own, so that a function that writes to them breaks no other law."""
    return {name: tensor.clone() for name, tensor in inputs.items()}
