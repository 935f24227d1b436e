"""Scores: a model's answers to the first examples of a split, one by one."""

from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqreason.assembly import LossPolicy
from seqreason.data import ExampleSet
from seqreason.evaluation.calibration import Certainty, certainty_columns
from seqreason.interfaces import Reasoning
from seqreason.structures.packing import Batch
from seqreason.structures.sequences import PADDING, Facts


@final
@dataclass(frozen=True)
class Scores:
    """One row for each example, in the order of indices, and three figures over all positions.

    Shapes:
        lengths, targets, predictions: (examples,), int64; the answers are those at the last
            position
        symbols, perceived: (examples, time), int64, the shown and the perceived symbols;
            `PADDING` past the length
        answers: the certainty of the predictions, (examples,)
        perception: the certainty of the perceived symbols, (frames,), in the order of examples
        facts: name → (examples,), as the generator declares them
    """

    lengths: NDArray[np.int64]
    targets: NDArray[np.int64]
    predictions: NDArray[np.int64]
    symbols: NDArray[np.int64]
    perceived: NDArray[np.int64]
    answers: Certainty
    perception: Certainty
    facts: Facts
    perception_loss: float
    prediction_loss: float
    prediction_accuracy: float

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Whether the answer at the last position is right, shape (examples,)."""
        return np.equal(self.predictions, self.targets)

    @property
    def accuracy(self) -> float:
        """The share of right answers at the last position."""
        return float(self.is_right.mean())

    @property
    def perception_accuracy(self) -> float:
        """The share of frames whose perceived symbol is the shown one."""
        return float(self.perception.is_right.mean())


def score(
    model: nn.Module, loss: LossPolicy, examples: ExampleSet, *, count: int, batch_size: int
) -> Scores:
    """The model's answers to the examples 0 … count - 1, without forced symbols.

    Args:
        model: from frames, their packing and forced symbols to a `Reasoning`, as `SequenceModel`.
        batch_size: examples at a time; the scores do not depend on it.
    """
    model.eval()
    sequences = examples.draw(np.arange(count)).sequences
    time = sequences.symbols.shape[1] - 1
    # Batches are sorted by length; writing by index restores the order.
    answers, frames, totals = np.zeros((count, 5)), np.zeros((count, time, 5)), np.zeros(4)
    with torch.no_grad():
        for begin in range(0, count, batch_size):
            indices = np.arange(begin, min(begin + batch_size, count))
            batch = examples.batch(examples.draw(indices))
            reasoning: Reasoning = model(batch.frames, batch.packing, None)
            at_last = batch.packing.last
            answers[batch.examples] = _columns(reasoning.prediction[at_last], batch.answers)
            shown = _columns(reasoning.perception, batch.symbols)
            padded = batch.packing.pad(torch.from_numpy(shown)).numpy()
            frames[batch.examples, : padded.shape[1]] = padded
            totals += _totals(loss, reasoning, batch)
    is_shown = sequences.is_shown
    figures = totals[1:] / totals[0]
    return Scores(
        lengths=sequences.lengths,
        targets=sequences.answers,
        predictions=answers[:, 0].astype(np.int64),
        symbols=np.where(is_shown, sequences.symbols[:, :-1], PADDING),
        perceived=np.where(is_shown, frames[:, :, 0].astype(np.int64), PADDING),
        answers=Certainty.of_columns(answers[:, 1:]),
        perception=Certainty.of_columns(frames[is_shown][:, 1:]),
        facts=sequences.facts,
        perception_loss=float(figures[0]),
        prediction_loss=float(figures[1]),
        prediction_accuracy=float(figures[2]),
    )


def _columns(logits: Tensor, truth: Tensor) -> NDArray[np.float64]:
    """The likeliest symbol and the columns of its `Certainty`, shape (rows, 5)."""
    # On the CPU, because not every accelerator has double precision.
    logits, truth = logits.cpu(), truth.cpu()
    likeliest = logits.argmax(dim=1, keepdim=True).double()
    return torch.cat([likeliest, certainty_columns(logits, truth)], dim=1).numpy()


def _totals(loss: LossPolicy, reasoning: Reasoning, batch: Batch) -> NDArray[np.float64]:
    """The number of frames, and the sums over them of both losses and of right predictions."""
    losses = loss.losses(reasoning, batch)
    is_right = reasoning.prediction.argmax(dim=1) == batch.next_symbols
    sums = [float(each.sum()) for each in (losses.perception, losses.prediction, is_right)]
    return np.array([batch.packing.num_frames, *sums], dtype=np.float64)
