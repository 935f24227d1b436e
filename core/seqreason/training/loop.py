"""The training loop.

Step *t* depends on the weights before it, the seed and *t* alone. Its examples come from
counter-based streams, and torch's generators are seeded again for each step. So a run that was
killed continues from its last checkpoint and reaches the same weights.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, final

import torch
from torch import Tensor, nn

from seqreason.assembly import LossPolicy
from seqreason.assembly.determinism import reseed_torch, seeded_torch
from seqreason.data import ExampleSet
from seqreason.data.examples import epoch_order
from seqreason.errors import TrainingError
from seqreason.interfaces import Reasoning
from seqreason.randomness import Integers, Stream
from seqreason.spec import TrainingSpec
from seqreason.structures.packing import Batch
from seqreason.training.checkpoint import CheckpointFile, TrainingState
from seqreason.training.devices import process_weight
from seqreason.training.ema import moving_average
from seqreason.training.optimiser import learning_rate, make_optimiser, set_learning_rate

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_STEPS_BETWEEN_MEASUREMENTS = 10


class Listener(Protocol):
    """Receives the metrics that training measures: a progress bar, a tracker."""

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take note of the *metrics* after training step *step* (1, 2, …)."""


@final
class Trainer:
    """Trains one model: call `resume` to continue from a checkpoint if there is one, then `train`.

    Attributes:
        model: the model to validate and test: the one in training, or its moving average.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: LossPolicy,
        examples: ExampleSet,
        spec: TrainingSpec,
        *,
        seed: int,
        fabric: "Fabric",
    ) -> None:
        """Prepare to train *model*, which *fabric* sets up here, to lower *loss* on *examples*."""
        self._loss, self._examples, self._spec, self._fabric = loss, examples, spec, fabric
        self._seed, self._stream = seed, Stream.of(seed, "training")
        self._trained, self._optimiser = fabric.setup(model, make_optimiser(model, spec))
        self._average = moving_average(model, decay=spec.ema_decay) if spec.ema_decay else None
        self.model = self._trained
        if self._average is not None:
            self.model = fabric.setup_module(self._average.module)
        self._state = TrainingState(model={}, optimiser={})
        self._last_loss = torch.zeros(())

    def train(
        self,
        checkpoint: CheckpointFile,
        *,
        validate: Callable[[], Mapping[str, float]],
        listeners: Sequence[Listener] = (),
    ) -> TrainingState:
        """Train to the last step, and leave the selected weights in the model.

        Args:
            validate: measures the model after each epoch, or as often as the spec says; its
                metrics include `valid_accuracy`.

        Raises:
            TrainingError: the loss is no longer a finite number.
            StoreError: a checkpoint cannot be written.
        """
        # One fork for the whole training: copying the state of every GPU takes time.
        with seeded_torch(0):
            while self._state.step < self._spec.num_steps:
                self._advance(checkpoint, validate, listeners)
        if self._spec.select == "best":
            self.model.module.load_state_dict(self._state.best_model)
        return self._state

    def resume(self, checkpoint: CheckpointFile) -> TrainingState:
        """Load the state that *checkpoint* holds, if any, and return the state of training.

        Raises:
            StoreError: the checkpoint exists and cannot be read.
        """
        saved = checkpoint.load(self._fabric.device)
        if saved is not None:
            self._state = saved
            self._trained.module.load_state_dict(saved.model)
            self._optimiser.load_state_dict(saved.optimiser)
            if self._average is not None:
                self._average.load_state_dict(saved.average)
        return self._state

    def _advance(
        self,
        checkpoint: CheckpointFile,
        validate: Callable[[], Mapping[str, float]],
        listeners: Sequence[Listener],
    ) -> None:
        """Train to the next checkpoint, validation or end of an epoch, and save the state."""
        state, spec = self._state, self._spec
        epoch, into_epoch = divmod(state.step, spec.steps_per_epoch)
        until_validation = spec.steps_between_validations
        until_validation -= state.step % until_validation
        left = spec.steps_per_epoch - into_epoch
        order = epoch_order(self._seed, count=spec.examples, epoch=epoch)
        started = perf_counter()
        for _ in range(min(spec.checkpoint_steps, until_validation, left)):
            begin = state.step % spec.steps_per_epoch * spec.batch_size
            self._step(order[begin : begin + spec.batch_size], listeners)
        _checked_loss(self._last_loss, state.step, spec)
        state.seconds += perf_counter() - started
        if state.step % spec.steps_between_validations == 0 or state.step == spec.num_steps:
            self._keep_if_best(validate(), listeners)
        state.model = self._trained.module.state_dict()
        state.optimiser = self._optimiser.state_dict()
        if self._average is not None:
            state.average = self._average.state_dict()
        if self._fabric.is_global_zero:
            checkpoint.save(state)

    def _step(self, examples: Integers, listeners: Sequence[Listener]) -> None:
        state, spec, fabric = self._state, self._spec, self._fabric
        # Dropout draws from torch's own generator. Seeded here, it depends on the step alone.
        reseed_torch(self._stream.child("torch").seed(state.step))
        mine = examples[fabric.global_rank :: fabric.world_size]
        batch = self._examples.batch(self._examples.draw(mine))
        forced = self._loss.forced(
            batch,
            progress=state.step / spec.num_steps,
            stream=self._stream.child("forcing", str(fabric.global_rank)),
            step=state.step,
        )
        self._trained.train()
        reasoning = self._trained(batch.frames, batch.packing, forced)
        losses = self._loss.losses(reasoning, batch)
        total = self._loss.total(losses, batch.packing, weigh=partial(process_weight, fabric))
        self._optimiser.zero_grad()
        fabric.backward(total)
        if spec.max_grad_norm is not None:
            fabric.clip_gradients(
                self._trained,
                self._optimiser,
                max_norm=spec.max_grad_norm,
                error_if_nonfinite=False,  # _checked_loss reports it in the user's terms
            )
        set_learning_rate(self._optimiser, learning_rate(spec, state.step))
        self._optimiser.step()
        if self._average is not None:
            self._average.update_parameters(self._trained.module)
        state.step += 1
        self._last_loss = total.detach()
        if state.step % _STEPS_BETWEEN_MEASUREMENTS == 0:
            loss = _checked_loss(self._last_loss, state.step, spec)
            self._notify(listeners, {"loss": loss, **_batch_accuracies(reasoning, batch)})

    def _keep_if_best(self, metrics: Mapping[str, float], listeners: Sequence[Listener]) -> None:
        state = self._state
        state.curve.append({"step": state.step, "seconds": state.seconds, **metrics})
        # Of weights with equal accuracy the later ones were trained for longer.
        if metrics["valid_accuracy"] >= state.best_accuracy:
            state.best_accuracy = metrics["valid_accuracy"]
            # Copies, because training continues in the tensors themselves.
            weights = self.model.module.state_dict().items()
            state.best_model = {name: tensor.clone() for name, tensor in weights}
        self._notify(listeners, metrics)

    def _notify(self, listeners: Sequence[Listener], metrics: Mapping[str, float]) -> None:
        for listener in listeners:
            listener.measured(self._state.step, metrics)


def _checked_loss(loss: Tensor, step: int, spec: TrainingSpec) -> float:
    """The loss after *step*, if finite; it is read now and then only, as that waits for the GPU."""
    if not math.isfinite(loss):
        raise TrainingError(
            f"the loss is {float(loss)} at step {step} of {spec.num_steps}: try a lower "
            "training.learning_rate or training.precision=float32"
        )
    return float(loss)


def _batch_accuracies(reasoning: Reasoning, batch: Batch) -> dict[str, float]:
    """The share of a training batch's frames read right, and of its last positions continued so."""
    perceived = reasoning.perception.argmax(dim=1) == batch.symbols
    last = reasoning.prediction[batch.packing.last].argmax(dim=1) == batch.answers
    return {
        "batch_perception_accuracy": float(perceived.float().mean()),
        "batch_last_accuracy": float(last.float().mean()),
    }
