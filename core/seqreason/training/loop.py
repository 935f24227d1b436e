"""The training loop.

Step *t* is a function of the weights before it, the seed and *t*: its examples come from
counter-based streams, and torch's generators are seeded anew for it. So a run that was killed
goes on from its last checkpoint to the very weights that it would have reached.
"""

import math
from collections.abc import Callable, Mapping, Sequence
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
from seqreason.training.ema import moving_average
from seqreason.training.optimiser import learning_rate, make_optimiser, set_learning_rate

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_STEPS_BETWEEN_MEASUREMENTS = 10


class Listener(Protocol):
    """Whoever wants to know what is measured in training: a progress bar, a tracker."""

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """*metrics* after training step *step* (1, 2, …)."""


@final
class Trainer:
    """Trains one model: `resume` from a checkpoint if there is one, then `train` to the end."""

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
        """*model* is what `fabric.setup` is called on here.

        `self.model` is what is to be validated and tested: the model that is trained, or the moving
        average of its weights.
        """
        self._loss, self._examples, self._spec, self._fabric = loss, examples, spec, fabric
        self._seed, self._stream = seed, Stream.of(seed, "training")
        optimiser = make_optimiser(model, spec)
        self._trained, self._optimiser = fabric.setup(model, optimiser)
        self._average = moving_average(model, decay=spec.ema_decay) if spec.ema_decay else None
        average = self._average
        self.model = self._trained if average is None else fabric.setup_module(average.module)
        self._state = TrainingState(model={}, optimiser={})
        self._last_loss = torch.zeros(())

    def train(
        self,
        checkpoint: CheckpointFile,
        *,
        validate: Callable[[], Mapping[str, float]],
        listeners: Sequence[Listener] = (),
    ) -> TrainingState:
        """Train from where it stands to the end, and leave the selected weights in the model.

        *validate* is called after each epoch, or as often as the spec says, and gives
        `valid_accuracy` among its metrics.

        Raises:
            TrainingError: the loss is no longer a finite number.
            StoreError: a checkpoint cannot be written.
        """
        # One fork for the whole training, as copying the state of every GPU is not free.
        with seeded_torch(0):
            while self._state.step < self._spec.num_steps:
                self._advance(checkpoint, validate, listeners)
        if self._spec.select == "best":
            self.model.module.load_state_dict(self._state.best_model)
        return self._state

    def resume(self, checkpoint: CheckpointFile) -> TrainingState:
        """Go to where *checkpoint* was saved, if it was, and say where training stands.

        Raises:
            StoreError: the checkpoint is there and cannot be read.
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
        """Train up to the next checkpoint or validation, or an epoch's end, and save the state."""
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
        self._finite_loss()
        state.seconds += perf_counter() - started
        if state.step % spec.steps_between_validations == 0 or state.step == spec.num_steps:
            self._keep_if_best(validate(), listeners)
        self._save(checkpoint)

    def _save(self, checkpoint: CheckpointFile) -> None:
        state = self._state
        state.model = self._trained.module.state_dict()
        state.optimiser = self._optimiser.state_dict()
        if self._average is not None:
            state.average = self._average.state_dict()
        if self._fabric.is_global_zero:
            checkpoint.save(state)

    def _step(self, examples: Integers, listeners: Sequence[Listener]) -> None:
        state, spec, fabric = self._state, self._spec, self._fabric
        # Dropout draws from torch's own generator: begun anew, it does not know what came before.
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
        total = self._loss.total(losses, batch.packing, share=self._share)
        self._optimiser.zero_grad()
        fabric.backward(total)
        if spec.max_grad_norm is not None:
            fabric.clip_gradients(
                self._trained,
                self._optimiser,
                max_norm=spec.max_grad_norm,
                error_if_nonfinite=False,  # told by _finite_loss, in the user's terms
            )
        set_learning_rate(self._optimiser, learning_rate(spec, state.step))
        self._optimiser.step()
        if self._average is not None:
            self._average.update_parameters(self._trained.module)
        state.step += 1
        self._last_loss = total.detach()
        if state.step % _STEPS_BETWEEN_MEASUREMENTS == 0:
            metrics = {"loss": self._finite_loss(), **_batch_accuracies(reasoning, batch)}
            self._tell(listeners, metrics)

    def _share(self, count: int) -> float:
        """What makes the average of the processes' gradients that of the whole batch's mean."""
        if self._fabric.world_size == 1:
            return 1.0
        own = torch.tensor(float(count), device=self._fabric.device)
        # A copy, because the sum is written into what is given.
        everyone = self._fabric.all_reduce(own.clone(), reduce_op="sum")
        assert isinstance(everyone, Tensor)
        return float(own * self._fabric.world_size / everyone)

    def _finite_loss(self) -> float:
        """The loss of the last step; looked at now and then, as a GPU must be waited for."""
        loss = float(self._last_loss)
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} at step {self._state.step} of {self._spec.num_steps}: try a "
                "lower training.learning_rate, or training.precision=float32"
            )
        return loss

    def _keep_if_best(self, metrics: Mapping[str, float], listeners: Sequence[Listener]) -> None:
        state = self._state
        state.curve.append({"step": state.step, "seconds": state.seconds, **metrics})
        # Of weights that validate alike the later ones have seen more.
        if metrics["valid_accuracy"] >= state.best_accuracy:
            state.best_accuracy = metrics["valid_accuracy"]
            # Copies, because training goes on in the tensors themselves.
            weights = self.model.module.state_dict().items()
            state.best_model = {name: tensor.clone() for name, tensor in weights}
        self._tell(listeners, metrics)

    def _tell(self, listeners: Sequence[Listener], metrics: Mapping[str, float]) -> None:
        for listener in listeners:
            listener.measured(self._state.step, metrics)


def _batch_accuracies(reasoning: Reasoning, batch: Batch) -> dict[str, float]:
    """How much of a training batch was seen rightly and, at the last position, continued."""
    seen = reasoning.perception.argmax(dim=1) == batch.symbols
    last = reasoning.prediction[batch.packing.last].argmax(dim=1) == batch.answers
    return {
        "batch_perception_accuracy": float(seen.float().mean()),
        "batch_last_accuracy": float(last.float().mean()),
    }
