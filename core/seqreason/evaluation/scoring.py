"""Scores: a model's answers on the first examples of a split, item by item."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqreason.assembly import LossPolicy
from seqreason.batches import Batch
from seqreason.data import ExampleSet
from seqreason.interfaces import Reasoning
from seqreason.sequences import Facts


@final
@dataclass(frozen=True)
class Scores:
    """One row an example, in the order of their indices, and four figures over all positions.

    Shapes:
        lengths, targets, predictions: (examples,), int64; the answers at the last position
        confidences: (examples,), float64, the probability given to the prediction
        facts: name → (examples,), as the generator declares them
    """

    lengths: NDArray[np.int64]
    targets: NDArray[np.int64]
    predictions: NDArray[np.int64]
    confidences: NDArray[np.float64]
    facts: Facts
    perception_loss: float
    prediction_loss: float
    perception_accuracy: float
    prediction_accuracy: float

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Whether the answer at the last position is right, shape (examples,)."""
        return np.equal(self.predictions, self.targets)

    @property
    def accuracy(self) -> float:
        """The share of right answers at the last position."""
        return float(self.is_right.mean())


def score(
    model: nn.Module,
    loss: LossPolicy,
    examples: ExampleSet,
    *,
    count: int,
    batch_size: int,
) -> Scores:
    """The model's answers on the examples 0 … count - 1, with nothing forced on it."""
    model.eval()
    drawn = examples.draw(np.arange(count))
    rows = np.zeros((2, count))
    totals = np.zeros(5)
    with torch.no_grad():
        for begin in range(0, count, batch_size):
            indices = np.arange(begin, min(begin + batch_size, count))
            batch = examples.batch(examples.draw(indices))
            reasoning: Reasoning = model(batch.frames, batch.packing, None)
            # Batches are sorted by length; writing by index restores the order.
            rows[:, batch.examples.numpy()] = _answers(reasoning, batch)
            totals += _totals(loss, reasoning, batch)
    figures = totals[1:] / totals[0]
    return Scores(
        lengths=drawn.sequences.lengths,
        targets=drawn.sequences.answers,
        predictions=rows[0].astype(np.int64),
        confidences=rows[1],
        facts=drawn.sequences.facts,
        perception_loss=float(figures[0]),
        prediction_loss=float(figures[1]),
        perception_accuracy=float(figures[2]),
        prediction_accuracy=float(figures[3]),
    )


def _answers(reasoning: Reasoning, batch: Batch) -> NDArray[np.float64]:
    """Predictions and confidences at the last position, shape (2, sequences)."""
    probabilities = reasoning.prediction[batch.packing.last].softmax(dim=1)
    confidences, predictions = probabilities.max(dim=1)
    return torch.stack([predictions.double(), confidences.double()]).cpu().numpy()


def _totals(loss: LossPolicy, reasoning: Reasoning, batch: Batch) -> NDArray[np.float64]:
    """Frames, and over them the sums of both losses and of both stages' right symbols."""
    losses = loss.losses(reasoning, batch)
    sums: list[Tensor] = [
        losses.perception.sum(),
        losses.prediction.sum(),
        (reasoning.perception.argmax(dim=1) == batch.symbols).sum(),
        (reasoning.prediction.argmax(dim=1) == batch.next_symbols).sum(),
    ]
    told: Any = [batch.packing.num_frames, *(float(total) for total in sums)]
    return np.array(told, dtype=np.float64)
