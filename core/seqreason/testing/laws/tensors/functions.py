"""Laws that labels and objectives share: they are functions of tensors without state."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from seqreason.assembly.determinism import seeded_torch
from seqreason.testing.demands import demand
from seqreason.testing.laws.process.pickling import pickled
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_close
from seqreason.testing.laws.tensors.devices import demand_device, devices, excused_on_meta

Inputs = Mapping[str, Tensor]
Function = Callable[..., Tensor]


def demand_deterministic(function: Function, inputs: Inputs) -> None:
    """Require that two calls give the same output, whatever the state of torch's generator.

    Raises:
        BrokenLawError: they differ.
    """
    outputs = []
    for seed in (1, 2):
        with seeded_torch(seed):
            outputs.append(function(**_copied(inputs)))
    demand(bytes_of(outputs[:1]) == bytes_of(outputs[1:]), "two calls on the same input differ")


def demand_untouched(function: Function, inputs: Inputs) -> None:
    """Require that the call leaves its inputs unchanged.

    Raises:
        BrokenLawError: an input was changed.
    """
    before = _copied(inputs)
    function(**inputs)
    for name, tensor in before.items():
        demand(torch.equal(inputs[name], tensor), f"the {name} were changed in place")


def demand_each_frame_alone(function: Function, inputs: Inputs) -> None:
    """Require that a frame's row is the same alone and in the batch.

    Raises:
        BrokenLawError: it differs.
    """
    together = function(**_copied(inputs))
    for place, row in enumerate(together):
        own = {name: tensor[place : place + 1] for name, tensor in inputs.items()}
        alone = function(**_copied(own))
        demand_close(alone[0], row, "rows of a frame alone and in a batch")


def demand_same_pickled(plugin: Any, method: str, inputs: Inputs) -> None:
    """Require that a method gives the same output after pickling and unpickling.

    Raises:
        BrokenLawError: it does not.
    """
    before, after = (getattr(each, method)(**_copied(inputs)) for each in (plugin, pickled(plugin)))
    demand_close(after, before, "outputs before and after pickling")


def demand_same_device(function: Function, inputs: Inputs) -> None:
    """Require that the output is on the device of the inputs.

    Raises:
        BrokenLawError: it is on another device, or the call fails there.
        NotApplicableError: torch's meta device cannot run it.
    """
    for device in devices():
        moved = {name: tensor.to(device) for name, tensor in inputs.items()}
        with excused_on_meta(device):
            output = function(**moved)
        demand_device(output, device)


def _copied(inputs: Inputs) -> dict[str, Tensor]:
    """Copies of the inputs, so that a function that writes to them breaks no other law."""
    return {name: tensor.clone() for name, tensor in inputs.items()}
