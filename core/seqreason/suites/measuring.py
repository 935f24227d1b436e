"""The metrics of a trained cell, under the names that JSON, tables and docs share."""

from dataclasses import asdict, dataclass
from typing import Any, final

from torch import nn

from seqreason.assembly import Benchmark
from seqreason.data import ExampleSet
from seqreason.evaluation import (
    Scores,
    break_down,
    ceiling_accuracy,
    expected_calibration_error,
    score,
)
from seqreason.glyphs import Split


@final
@dataclass(frozen=True)
class Measurement:
    """Metrics by name, and the breakdowns of the test accuracy."""

    metrics: dict[str, float | None]
    breakdowns: dict[str, list[dict[str, Any]]]


@final
@dataclass(frozen=True)
class Measurer:
    """Scores one model on the splits of one benchmark at one seed."""

    benchmark: Benchmark
    model: nn.Module
    seed: int

    def validation(self) -> dict[str, float]:
        """What is measured after each epoch: all of it on the validation split."""
        count = self.benchmark.spec.evaluation.valid_examples
        scores = self._score(self.benchmark.examples(self.seed, Split.VALID), count)
        return {
            "valid_accuracy": scores.accuracy,
            "valid_perception_accuracy": scores.perception_accuracy,
            "valid_perception_loss": scores.perception_loss,
            "valid_prediction_loss": scores.prediction_loss,
        }

    def final(self) -> Measurement:
        """Everything that is reported of a trained model; the only use of the test split."""
        spec = self.benchmark.spec
        num_train = min(spec.evaluation.train_examples, spec.training.examples)
        train = self._score(self.benchmark.examples(self.seed, Split.TRAIN), num_train)
        test_examples = self.benchmark.examples(self.seed, Split.TEST)
        test = self._score(test_examples, spec.evaluation.examples)
        metrics: dict[str, float | None] = {
            "perception_loss": test.perception_loss,
            "prediction_loss": test.prediction_loss,
            "perception_accuracy": test.perception_accuracy,
            "prediction_accuracy": test.prediction_accuracy,
            "train_accuracy": train.accuracy,
            "valid_accuracy": self.validation()["valid_accuracy"],
            "test_accuracy": test.accuracy,
            "ceiling_accuracy": ceiling_accuracy(self.benchmark.generator),
            "calibration_error": expected_calibration_error(test.confidences, test.is_right),
        }
        for name in self.benchmark.shifted:
            shifted = self.benchmark.shifted_examples(self.seed, name)
            scores = self._score(shifted, spec.evaluation.examples)
            metrics[f"test_accuracy/{name}"] = scores.accuracy
        rows = break_down(test, self.benchmark.bank.alphabet)
        return Measurement(
            metrics, {name: [asdict(row) for row in told] for name, told in rows.items()}
        )

    def _score(self, examples: ExampleSet, count: int) -> Scores:
        return score(
            self.model,
            self.benchmark.loss,
            examples,
            count=count,
            batch_size=self.benchmark.spec.evaluation.batch_size,
        )
