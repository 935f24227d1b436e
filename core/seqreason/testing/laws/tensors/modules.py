"""Laws that encoders and reasoners share: those of a torch module that is trained."""

import copy
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, final

import torch
from torch import Tensor, nn

from seqreason.assembly.determinism import seeded_torch
from seqreason.testing.case import Case
from seqreason.testing.demands import NotApplicableError, demand
from seqreason.testing.law import Law
from seqreason.testing.laws.process.pickling import pickled
from seqreason.testing.laws.settings import check_setting_effects
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_close
from seqreason.testing.laws.tensors.devices import demand_device, devices, excused_on_meta
from seqreason.testing.subject import Subject

Inputs = dict[str, Tensor]
Outputs = tuple[Tensor, ...]
CaseOf = TypeVar("CaseOf", bound=Case)


class Probe(Protocol[CaseOf]):
    """How to run a module of one kind."""

    def inputs(self, case: CaseOf) -> Inputs:
        """Inputs of the module, drawn from the case's seed."""

    def roomy(self, case: CaseOf) -> CaseOf:
        """The case, enlarged so that every setting can have an effect."""

    def training_inputs(self, case: CaseOf) -> Inputs:
        """Inputs for a training step, large enough for batch statistics."""

    def extreme_inputs(self, case: CaseOf) -> Iterator[Inputs]:
        """Inputs at the limits of what a module may get."""

    def run(self, module: nn.Module, inputs: Inputs, case: CaseOf) -> Outputs:
        """All outputs of the module, with their shapes checked."""


@final
@dataclass(frozen=True)
class ModuleLaws(Generic[CaseOf]):
    """The laws, tried with a probe; each public method but `laws` is one."""

    probe: Probe[CaseOf]

    def laws(self, *, needs: tuple[str, ...]) -> tuple[Law, ...]:
        """All laws; each needs the laws *needs*."""
        checks = (
            self.evaluation_determinism,
            self.input_immutability,
            self.output_dtype,
            self.output_finiteness,
            self.seeded_initialisation,
            self.gradient_coverage,
            self.pickle_roundtrip,
            self.state_dict_roundtrip,
            self.device_placement,
            self.autocast,
        )
        effects = Law.of(self.setting_effects, needs=needs, tries_many=False)
        return (*(Law.of(check, needs=needs) for check in checks), effects)

    def evaluation_determinism(self, subject: Subject, case: CaseOf) -> None:
        """In evaluation mode, equal inputs give equal outputs, bit for bit."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        first = self._outputs(module, inputs, case, seed=1)
        second = self._outputs(module, inputs, case, seed=2)
        demand(bytes_of(first) == bytes_of(second), "two calls on the same input differ")

    def input_immutability(self, subject: Subject, case: CaseOf) -> None:
        """It does not write to its inputs."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        before = {name: tensor.clone() for name, tensor in inputs.items()}
        self._outputs(module, inputs, case)
        for name, tensor in before.items():
            demand(torch.equal(inputs[name], tensor), f"its {name} were changed in place")

    def output_dtype(self, subject: Subject, case: CaseOf) -> None:
        """Float32 inputs give float32 outputs."""
        module = self._evaluated(subject, case)
        for output in self._outputs(module, self.probe.inputs(case), case):
            message = f"float32 inputs must give float32 outputs, got {output.dtype}"
            demand(output.dtype == torch.float32, message)

    def output_finiteness(self, subject: Subject, case: CaseOf) -> None:
        """Outputs are finite numbers, even for extreme inputs."""
        module = self._evaluated(subject, case)
        for inputs in self.probe.extreme_inputs(case):
            _demand_finite(self._outputs(module, inputs, case))

    def seeded_initialisation(self, subject: Subject, case: CaseOf) -> None:
        """Initial weights depend only on the seed of torch's generator."""
        states = [subject.made(case).state_dict() for _ in range(2)]
        for name, weights in states[0].items():
            message = f"initial values of {name}, made twice from one seed,"
            demand_close(states[1][name].double(), weights.double(), message)

    def gradient_coverage(self, subject: Subject, case: CaseOf) -> None:
        """A gradient reaches every trainable parameter."""
        module: nn.Module = subject.made(case).train()
        trained = {name: p for name, p in module.named_parameters() if p.requires_grad}
        if not trained:
            raise NotApplicableError("it has no trainable parameters")
        with seeded_torch(case.seed):
            outputs = self.probe.run(module, self.probe.training_inputs(case), case)
        total = torch.stack([output.sum() for output in outputs]).sum()
        demand(total.requires_grad, "no gradient passes through it: is there a detach or no_grad?")
        total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        left_out = [name for name, parameter in trained.items() if parameter.grad is None]
        demand(not left_out, f"no gradient reaches {', '.join(left_out)}")

    def pickle_roundtrip(self, subject: Subject, case: CaseOf) -> None:
        """After pickling and unpickling, as for another process, it gives the same outputs."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        message = "outputs before and after pickling"
        self._demand_same(pickled(module), module, inputs, case, message)

    def state_dict_roundtrip(self, subject: Subject, case: CaseOf) -> None:
        """With its state dict, a new instance gives the same outputs, as a resumed cell must."""
        module: nn.Module = subject.made(case).train()
        with seeded_torch(case.seed), torch.no_grad():
            self.probe.run(module, self.probe.training_inputs(case), case)
        file = io.BytesIO()
        torch.save(module.eval().state_dict(), file)
        file.seek(0)
        fresh = subject.make(case.settings, case.context, seed=case.seed + 1).eval()
        fresh.load_state_dict(torch.load(file, weights_only=True))
        message = "outputs of two instances with one state dict (is a buffer unregistered?)"
        self._demand_same(fresh, module, self.probe.inputs(case), case, message)

    def device_placement(self, subject: Subject, case: CaseOf) -> None:
        """Moved to another device, it computes there, with all its tensors."""
        for device in devices():
            module = copy.deepcopy(self._evaluated(subject, case)).to(device)
            self._demand_on(device, module, self.probe.inputs(case), case)
            # Training alone may read values; then evaluation mode, above, decides the law.
            with suppress(NotApplicableError):
                self._demand_on(device, module.train(), self.probe.training_inputs(case), case)

    def autocast(self, subject: Subject, case: CaseOf) -> None:
        """Under bfloat16 autocast, outputs are finite and keep their shape."""
        module = self._evaluated(subject, case)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = self._outputs(module, self.probe.inputs(case), case)
            outputs += self._outputs(module.train(), self.probe.training_inputs(case), case)
        _demand_finite(outputs)

    def setting_effects(self, subject: Subject, case: CaseOf) -> None:
        """Every setting changes something, or is declared inert with a reason."""
        case = self.probe.roomy(case)

        def behaviour(settings: dict[str, Any]) -> bytes:
            changed = case.model_copy(update={"settings": settings})
            module: nn.Module = subject.made(changed)
            outputs = [*self._outputs(module.eval(), self.probe.inputs(changed), changed)]
            with seeded_torch(case.seed):
                outputs += self.probe.run(
                    module.train(), self.probe.training_inputs(changed), changed
                )
            total = torch.stack([output.sum() for output in outputs]).sum()
            trained = [p for p in module.parameters() if p.requires_grad]
            grads = _gradients(total, trained) if total.requires_grad else []
            return bytes_of([*outputs, *module.state_dict().values(), *grads])

        check_setting_effects(subject, behaviour)

    def _demand_on(self, device: str, module: nn.Module, inputs: Inputs, case: CaseOf) -> None:
        moved = {name: tensor.to(device) for name, tensor in inputs.items()}
        with excused_on_meta(device):
            outputs = self._outputs(module, moved, case)
        for output in outputs:
            demand_device(output, device)

    def _evaluated(self, subject: Subject, case: CaseOf) -> nn.Module:
        module: nn.Module = subject.made(case).eval()
        return module

    def _outputs(
        self, module: nn.Module, inputs: Inputs, case: CaseOf, *, seed: int = 0
    ) -> Outputs:
        with seeded_torch(seed), torch.no_grad():
            return self.probe.run(module, inputs, case)

    def _demand_same(
        self, module: nn.Module, original: nn.Module, inputs: Inputs, case: CaseOf, message: str
    ) -> None:
        both = (self._outputs(each, inputs, case) for each in (module, original))
        for one, other in zip(*both, strict=True):
            demand_close(one, other, message)


def _demand_finite(outputs: Outputs) -> None:
    for output in outputs:
        demand(bool(torch.isfinite(output).all()), "an output is infinite or NaN")


def _gradients(total: Tensor, trained: list[nn.Parameter]) -> list[Tensor]:
    grads = torch.autograd.grad(total, trained, allow_unused=True)
    return [torch.zeros(()) if grad is None else grad for grad in grads]
