"""The names of the metrics that a cell is measured by, as specs, JSON, tables and docs say them."""

from typing import Final

from seqreason.errors import SpecError, UnknownNameError
from seqreason.spec.benchmark import BenchmarkSpec

_OF_A_CELL: Final = (
    "perception_loss",
    "prediction_loss",
    "perception_accuracy",
    "prediction_accuracy",
    "train_accuracy",
    "valid_accuracy",
    "curve_accuracy",
    "calibration_error",
    "negative_log_likelihood",
    "brier_score",
    "perception_calibration_error",
    "perception_negative_log_likelihood",
    "perception_brier_score",
)
_OF_A_TEST: Final = (
    "test_accuracy",
    "ceiling_accuracy",
    "perceived_ceiling_accuracy",
    "perceived_ceiling_error",
    "perception_errors",
    "reasoning_errors",
    "irreducible_errors",
)


def metric_names(spec: BenchmarkSpec) -> list[str]:
    """Every metric that a cell of *spec* has."""
    shifted = [f"{name}/{shift}" for shift in spec.evaluation.shifted for name in _OF_A_TEST]
    return [*_OF_A_TEST, *_OF_A_CELL, *shifted]


def higher_is_better(metric: str) -> bool:
    """Whether *metric* is an accuracy, rather than a loss or an error."""
    return metric.partition("/")[0].endswith("accuracy")


def is_answered_by_item(metric: str) -> bool:
    """Whether *metric* is the share of test items that are answered rightly."""
    return metric.partition("/")[0] == "test_accuracy"


def check_metric(metric: str, spec: BenchmarkSpec, *, where: str) -> None:
    """Nothing, if cells of *spec* are measured by *metric*.

    Raises:
        SpecError: they are not.
    """
    known = metric_names(spec)
    if metric not in known:
        told = str(UnknownNameError(metric, noun="metric", known=known))
        raise SpecError(f"{where}: metric: {told}")
