"""The metrics of a trained cell, under the names that JSON, tables and docs share."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
import torch
from torch import Tensor, nn

from seqreason.assembly import Benchmark
from seqreason.data import ExampleSet
from seqreason.evaluation import (
    CAUSES,
    Attribution,
    Certainty,
    Scores,
    WrongAnswer,
    attribute,
    break_down,
    ceiling_accuracy,
    confident_errors,
    perceived_ceiling,
    predictions_frame,
    score,
)
from seqreason.randomness import Stream
from seqreason.structures.glyphs import Split

if TYPE_CHECKING:
    import polars as pl

_NUM_CONFIDENT: Final = 12
_FULL_INK: Final = 255

Metrics = dict[str, float | None]


@final
@dataclass(frozen=True)
class Measurement:
    """The measurements of a trained model.

    Attributes:
        breakdowns: the test accuracy by the values of each property.
        reliability: the accuracy of each stage by its confidence.
        errors: the confident errors of the test split.
        error_frames: the frames of these, (frames, height, width), uint8, one example after
            another.
        predictions: the answers to every item of every test, see `predictions_frame`; None
            without a test.
    """

    metrics: Metrics
    breakdowns: dict[str, list[dict[str, Any]]]
    reliability: dict[str, list[dict[str, Any]]]
    errors: list[dict[str, Any]]
    error_frames: Tensor
    predictions: "pl.DataFrame | None"


@final
@dataclass(frozen=True)
class Measurer:
    """Scores one model on the splits of one benchmark at one seed."""

    benchmark: Benchmark
    model: nn.Module
    seed: int

    def validation(self) -> dict[str, float]:
        """The metrics that training measures, all on the validation split."""
        count = self.benchmark.spec.evaluation.valid_examples
        scores = self._score(self.benchmark.examples(self.seed, Split.VALID), count)
        return {
            "valid_accuracy": scores.accuracy,
            "valid_perception_accuracy": scores.perception_accuracy,
            "valid_perception_loss": scores.perception_loss,
            "valid_prediction_loss": scores.prediction_loss,
        }

    def trial(self) -> Measurement:
        """The measurement of a search's trial, on the validation split only."""
        measured: Metrics = {**self.validation()}
        return Measurement(measured, {}, {}, [], torch.zeros(0, dtype=torch.uint8), None)

    def final(self) -> Measurement:
        """The measurement of a trained model; the only use of the test split."""
        benchmark, spec = self.benchmark, self.benchmark.spec
        num_train = min(spec.evaluation.train_examples, spec.training.examples)
        train = self._score(benchmark.examples(self.seed, Split.TRAIN), num_train)
        examples = benchmark.examples(self.seed, Split.TEST)
        test, attribution, of_test, predictions = self._tested("test", examples)
        metrics = {
            "perception_loss": test.perception_loss,
            "prediction_loss": test.prediction_loss,
            "perception_accuracy": test.perception_accuracy,
            "prediction_accuracy": test.prediction_accuracy,
            "train_accuracy": train.accuracy,
            "valid_accuracy": self.validation()["valid_accuracy"],
            **of_test,
            **_calibration(test.answers),
            **_calibration(test.perception, stage="perception_"),
        }
        frames = [predictions]
        for name in benchmark.shifted:
            _, _, shifted, predictions = self._tested(
                name, benchmark.shifted_examples(self.seed, name)
            )
            metrics |= {f"{metric}/{name}": value for metric, value in shifted.items()}
            frames.append(predictions)
        alphabet = benchmark.bank.alphabet
        confident = confident_errors(test, attribution, alphabet, count=_NUM_CONFIDENT)
        broken_down = break_down(test, attribution, alphabet)
        return Measurement(
            metrics,
            {name: [asdict(row) for row in rows] for name, rows in broken_down.items()},
            {"perception": _reliability(test.perception), "prediction": _reliability(test.answers)},
            [asdict(error) for error in confident],
            _frames(examples, confident),
            _together(frames),
        )

    def _score(self, examples: ExampleSet, count: int) -> Scores:
        loss, size = self.benchmark.loss, self.benchmark.spec.evaluation.batch_size
        return score(self.model, loss, examples, count=count, batch_size=size)

    def _tested(
        self, name: str, examples: ExampleSet
    ) -> tuple[Scores, Attribution | None, Metrics, "pl.DataFrame"]:
        """The scores of one test, the causes, the metrics that every test has, and the answers."""
        generator, alphabet = examples.generator, self.benchmark.bank.alphabet
        scores = self._score(examples, self.benchmark.spec.evaluation.examples)
        attribution = attribute(scores, generator, alphabet_size=alphabet.size)
        perceived = attribution and perceived_ceiling(
            generator, attribution.confusion, stream=Stream.of(self.seed, "ceiling")
        )
        metrics = {
            "test_accuracy": scores.accuracy,
            "ceiling_accuracy": ceiling_accuracy(generator),
            "perceived_ceiling_accuracy": perceived and perceived.accuracy,
            "perceived_ceiling_error": perceived and perceived.standard_error,
            **{f"{cause}_errors": attribution and attribution.share(cause) for cause in CAUSES},
        }
        return scores, attribution, metrics, predictions_frame(name, scores, attribution, alphabet)


def _calibration(certainty: Certainty, *, stage: str = "") -> Metrics:
    return {
        f"{stage}calibration_error": certainty.expected_calibration_error,
        f"{stage}negative_log_likelihood": certainty.negative_log_likelihood,
        f"{stage}brier_score": certainty.brier_score,
    }


def _reliability(certainty: Certainty) -> list[dict[str, Any]]:
    return [asdict(row) for row in certainty.reliability]


def _together(frames: "list[pl.DataFrame]") -> "pl.DataFrame":
    """The answers of all tests; a column that only some tests have is null in the others."""
    import polars as pl  # noqa: PLC0415 - as in predictions_frame

    return pl.concat(frames, how="diagonal_relaxed")


def _frames(examples: ExampleSet, errors: list[WrongAnswer]) -> Tensor:
    """The frames of *errors* as bytes, one example after another."""
    # One by one, so that they keep their order; a batch is sorted by length.
    frames = [
        examples.batch(examples.draw(np.array([error.example]))).frames[:, 0] for error in errors
    ]
    height, width = examples.bank.frame_size
    whole = torch.cat(frames) if frames else torch.zeros(0, height, width)
    return (whole * _FULL_INK).round().byte().cpu()
