"""What encoders and reasoners have in common: the laws of a torch module that is trained."""

import copy
import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar, final

import torch
from torch import Tensor, nn

from seqreason.assembly.determinism import seeded_torch
from seqreason.testing.case import Case
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.law import Law
from seqreason.testing.laws.settings import check_settings_are_honest
from seqreason.testing.laws.tensors.comparing import bytes_of, demand_alike
from seqreason.testing.subject import Subject

Inputs = dict[str, Tensor]
Outputs = tuple[Tensor, ...]
CaseOf = TypeVar("CaseOf", bound=Case)

# What torch says of code that looks into a tensor, which a device without memory has no answer to.
_LOOKED_INTO: Final = (
    "_local_scalar_dense",
    "nonzero",
    "meta tensor",
    "Meta tensors",
    "data-dep",
    "unsupported scalarType",
)


class Probe(Protocol[CaseOf]):
    """How to make a module of one kind, and how to run it."""

    def make(self, subject: Subject, case: CaseOf, *, seed: int) -> nn.Module:
        """The module with weights drawn from *seed*."""

    def inputs(self, case: CaseOf) -> Inputs:
        """What the module is given, drawn from the case's seed."""

    def roomy(self, case: CaseOf) -> CaseOf:
        """The case made large enough for every setting to matter."""

    def training_inputs(self, case: CaseOf) -> Inputs:
        """The same for a step of training: enough of it for batch statistics."""

    def extreme_inputs(self, case: CaseOf) -> Iterator[Inputs]:
        """Inputs at the ends of what a module may be given."""

    def run(self, module: nn.Module, inputs: Inputs, case: CaseOf) -> Outputs:
        """All that the module gives; what is promised of it is checked on the way."""


@final
@dataclass(frozen=True)
class ModuleLaws(Generic[CaseOf]):
    """The laws, by a probe; each method is one."""

    probe: Probe[CaseOf]

    def laws(self, *, needs: tuple[str, ...]) -> tuple[Law, ...]:
        """All of them; *needs* are those without which none can be tried."""
        many = (
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
        honest = Law.of(self.setting_effects, needs=needs, tries_many=False)
        return (*(Law.of(check, needs=needs) for check in many), honest)

    def evaluation_determinism(self, subject: Subject, case: CaseOf) -> None:
        """In evaluation mode the same inputs give the same outputs, to the bit."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        first = self._seen(module, inputs, case, seed=1)
        second = self._seen(module, inputs, case, seed=2)
        demand(bytes_of(first) == bytes_of(second), "two calls on one input differ")

    def input_immutability(self, subject: Subject, case: CaseOf) -> None:
        """What it is given is not written to."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        before = {name: tensor.clone() for name, tensor in inputs.items()}
        self._seen(module, inputs, case)
        for name, tensor in before.items():
            demand(torch.equal(inputs[name], tensor), f"its {name} were changed in place")

    def output_dtype(self, subject: Subject, case: CaseOf) -> None:
        """From float32 it gives float32."""
        module = self._evaluated(subject, case)
        for came in self._seen(module, self.probe.inputs(case), case):
            demand(came.dtype == torch.float32, f"float32 went in, {came.dtype} came out")

    def output_finiteness(self, subject: Subject, case: CaseOf) -> None:
        """No input makes it give an infinity or what is not a number."""
        module = self._evaluated(subject, case)
        for inputs in self.probe.extreme_inputs(case):
            for came in self._seen(module, inputs, case):
                demand(bool(torch.isfinite(came).all()), "an output is not a finite number")

    def seeded_initialisation(self, subject: Subject, case: CaseOf) -> None:
        """Its first weights are drawn from torch's generator alone: one seed, one model."""
        states = [self.probe.make(subject, case, seed=case.seed).state_dict() for _ in range(2)]
        for name, weights in states[0].items():
            message = f"{name} begins otherwise when it is made again from the same seed"
            demand_alike(states[1][name].double(), weights.double(), message)

    def gradient_coverage(self, subject: Subject, case: CaseOf) -> None:
        """A gradient reaches every parameter that is to be trained."""
        module = self.probe.make(subject, case, seed=case.seed).train()
        trained = {name: p for name, p in module.named_parameters() if p.requires_grad}
        if not trained:
            raise NotApplicableError("it has nothing to train")
        with seeded_torch(case.seed):
            outputs = self.probe.run(module, self.probe.training_inputs(case), case)
        total = torch.stack([output.sum() for output in outputs]).sum()
        demand(total.requires_grad, "no gradient passes through it: is there a detach or no_grad?")
        total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        left_out = [name for name, parameter in trained.items() if parameter.grad is None]
        demand(not left_out, f"no gradient reaches {', '.join(left_out)}")

    def pickle_roundtrip(self, subject: Subject, case: CaseOf) -> None:
        """Pickled and loaded again, as on its way to another process, it gives the same."""
        module, inputs = self._evaluated(subject, case), self.probe.inputs(case)
        loaded = pickle.loads(pickle.dumps(module))  # noqa: S301  # it was pickled right here
        self._demand_same(loaded, module, inputs, case, "after pickling")

    def state_dict_roundtrip(self, subject: Subject, case: CaseOf) -> None:
        """A new one that is given its state dict gives the same, as a resumed cell does."""
        module = self.probe.make(subject, case, seed=case.seed).train()
        with seeded_torch(case.seed), torch.no_grad():
            self.probe.run(module, self.probe.training_inputs(case), case)
        file = io.BytesIO()
        torch.save(module.eval().state_dict(), file)
        file.seek(0)
        fresh = self.probe.make(subject, case, seed=case.seed + 1).eval()
        fresh.load_state_dict(torch.load(file, weights_only=True))
        message = "with the state dict of another: is a buffer not registered?"
        self._demand_same(fresh, module, self.probe.inputs(case), case, message)

    def device_placement(self, subject: Subject, case: CaseOf) -> None:
        """Moved to another device it computes there, with no tensor left behind."""
        devices = ["meta", "cuda"] if torch.cuda.is_available() else ["meta"]
        for device in devices:
            module = copy.deepcopy(self._evaluated(subject, case)).to(device)
            self._demand_on(device, module, self.probe.inputs(case), case)
            # What only training does may look into a tensor: that leaves the law to the above.
            with suppress(NotApplicableError):
                self._demand_on(device, module.train(), self.probe.training_inputs(case), case)

    def autocast(self, subject: Subject, case: CaseOf) -> None:
        """Under bfloat16 autocast it gives finite numbers of the same shape."""
        module = self._evaluated(subject, case)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = self._seen(module, self.probe.inputs(case), case)
            outputs += self._seen(module.train(), self.probe.training_inputs(case), case)
        for came in outputs:
            demand(bool(torch.isfinite(came).all()), "an output is not a finite number")

    def setting_effects(self, subject: Subject, case: CaseOf) -> None:
        """Every setting changes something, or is declared inert with a reason."""
        case = self.probe.roomy(case)

        def behaviour(settings: dict[str, Any]) -> bytes:
            changed = case.model_copy(update={"settings": settings})
            module = self.probe.make(subject, changed, seed=case.seed)
            outputs = [*self._seen(module.eval(), self.probe.inputs(changed), changed)]
            with seeded_torch(case.seed):
                outputs += self.probe.run(
                    module.train(), self.probe.training_inputs(changed), changed
                )
            total = torch.stack([output.sum() for output in outputs]).sum()
            trained = [p for p in module.parameters() if p.requires_grad]
            grads = _gradients(total, trained) if total.requires_grad else []
            return bytes_of([*outputs, *module.state_dict().values(), *grads])

        check_settings_are_honest(subject, behaviour)

    def _demand_on(self, device: str, module: nn.Module, inputs: Inputs, case: CaseOf) -> None:
        moved = {name: tensor.to(device) for name, tensor in inputs.items()}
        with excused_on_meta(device):
            outputs = self._seen(module, moved, case)
        for came in outputs:
            message = f"inputs on {device} give outputs on {came.device}"
            demand(came.device.type == device, f"{message}: make tensors with device=….device")

    def _evaluated(self, subject: Subject, case: CaseOf) -> nn.Module:
        return self.probe.make(subject, case, seed=case.seed).eval()

    def _seen(self, module: nn.Module, inputs: Inputs, case: CaseOf, *, seed: int = 0) -> Outputs:
        with seeded_torch(seed), torch.no_grad():
            return self.probe.run(module, inputs, case)

    def _demand_same(
        self, came: nn.Module, wanted: nn.Module, inputs: Inputs, case: CaseOf, message: str
    ) -> None:
        pairs = zip(self._seen(came, inputs, case), self._seen(wanted, inputs, case), strict=True)
        for one, other in pairs:
            demand_alike(one, other, message)


def _gradients(total: Tensor, trained: list[nn.Parameter]) -> list[Tensor]:
    grads = torch.autograd.grad(total, trained, allow_unused=True)
    return [torch.zeros(()) if grad is None else grad for grad in grads]


@contextmanager
def excused_on_meta(device: str) -> Iterator[None]:
    """A block in which a module may do what cannot be done without memory, such as `item()`.

    Raises:
        NotApplicableError: it did, on torch's meta device.
        BrokenLawError: anything else went wrong on the device.
    """
    try:
        yield
    except (NotImplementedError, RuntimeError) as error:
        if device == "meta" and any(word in str(error) for word in _LOOKED_INTO):
            reason = "torch's meta device cannot do what it does: needs an accelerator to try"
            raise NotApplicableError(reason) from error
        text = str(error).partition("\n")[0]
        raise BrokenLawError(
            f"on the device {device} it fails: {text}: make tensors with device=….device, and "
            "keep those that belong to the module by register_buffer"
        ) from error
