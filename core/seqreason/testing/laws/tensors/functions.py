"""Laws that labels and objectives share: their method is a function of tensors without state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, final

import torch
from torch import Tensor

from seqreason.assembly.determinism import seeded_torch
from seqreason.testing.demands import demand
from seqreason.testing.law import Law
from seqreason.testing.laws.process.pickling import pickled
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_close
from seqreason.testing.laws.tensors.devices import demand_device, devices, excused_on_meta
from seqreason.testing.laws.tensors.modules import CaseOf, Inputs
from seqreason.testing.subject import Subject


@final
@dataclass(frozen=True)
class FunctionLaws(Generic[CaseOf]):
    """The laws of one method of a plug-in; each public method but `laws` is one.

    Attributes:
        method: the name of its method.
        inputs: gives the arguments of the method for a case, by name.
    """

    method: str
    inputs: Callable[[CaseOf], Inputs]

    def laws(self, *, needs: tuple[str, ...]) -> tuple[Law, ...]:
        """All laws; each needs the laws *needs*."""
        checks = (
            self.frame_independence,
            self.determinism,
            self.input_immutability,
            self.device_placement,
            self.pickle_roundtrip,
        )
        return tuple(Law.of(check, needs=needs) for check in checks)

    def frame_independence(self, subject: Subject, case: CaseOf) -> None:
        """A frame's output does not depend on the other frames in the batch."""
        plugin = subject.made(case)
        inputs = self.inputs(case.model_copy(update={"num_frames": 3}))
        for place, row in enumerate(self._output(plugin, inputs)):
            own = {name: tensor[place : place + 1] for name, tensor in inputs.items()}
            alone = self._output(plugin, own)
            demand_close(alone[0], row, "outputs of a frame alone and in a batch")

    def determinism(self, subject: Subject, case: CaseOf) -> None:
        """Equal inputs give equal outputs, bit for bit."""
        plugin, outputs = subject.made(case), []
        for seed in (1, 2):
            with seeded_torch(seed):
                outputs.append(self._output(plugin, self.inputs(case)))
        demand(bytes_of(outputs[:1]) == bytes_of(outputs[1:]), "two calls on the same input differ")

    def input_immutability(self, subject: Subject, case: CaseOf) -> None:
        """It does not write to its inputs."""
        inputs = self.inputs(case)
        before = _copied(inputs)
        getattr(subject.made(case), self.method)(**inputs)
        for name, tensor in before.items():
            demand(torch.equal(inputs[name], tensor), f"the {name} were changed in place")

    def device_placement(self, subject: Subject, case: CaseOf) -> None:
        """Outputs are on the device of the inputs."""
        plugin = subject.made(case)
        for device in devices():
            moved = {name: tensor.to(device) for name, tensor in self.inputs(case).items()}
            with excused_on_meta(device):
                output = self._output(plugin, moved)
            demand_device(output, device)

    def pickle_roundtrip(self, subject: Subject, case: CaseOf) -> None:
        """After pickling and unpickling, it gives the same outputs."""
        plugin = subject.made(case)
        before, after = (
            self._output(each, self.inputs(case)) for each in (plugin, pickled(plugin))
        )
        demand_close(after, before, "outputs before and after pickling")

    def _output(self, plugin: Any, inputs: Inputs) -> Tensor:
        output: Tensor = getattr(plugin, self.method)(**_copied(inputs))
        return output


def _copied(inputs: Inputs) -> Inputs:
    """Copies of the inputs, so that a function that writes to them breaks no other law."""
    return {name: tensor.clone() for name, tensor in inputs.items()}
