"""The names of the metrics that a cell is measured by, as specs, JSON, tables and docs say them."""

from collections.abc import Mapping
from typing import Final

from seqreason.errors import SpecError, UnknownNameError
from seqreason.spec.benchmark import BenchmarkSpec

OF_A_TEST: Final = {
    "test_accuracy": "share of test sequences whose next symbol is named rightly",
    "ceiling_accuracy": "the best accuracy possible with perfect sight, by enumeration",
    "perceived_ceiling_accuracy": "the best accuracy possible from the symbols as perceived, with "
    "the confusions measured on the same test",
    "perceived_ceiling_error": "standard error of the perceived ceiling, where it is sampled",
    "perception_errors": "share of test sequences that are answered wrongly for want of sight",
    "reasoning_errors": "share of test sequences that are answered wrongly for want of reasoning",
    "irreducible_errors": "share of test sequences that are answered wrongly as nobody could know",
}
OF_A_CELL: Final = {
    "perception_loss": "the objective at the stage that sees, over all positions of test",
    "prediction_loss": "the objective at the stage that predicts, over all positions of test",
    "perception_accuracy": "share of shown symbols that are named rightly, over all positions",
    "prediction_accuracy": "share of next symbols that are named rightly, over all positions",
    "train_accuracy": "as test_accuracy, on sequences that were trained on",
    "valid_accuracy": "as test_accuracy, on the validation split, by which weights are chosen",
    "curve_accuracy": "mean of valid_accuracy over all validations: how fast it is learnt",
    "calibration_error": "expected calibration error of the answers, 15 bins",
    "negative_log_likelihood": "of the answers, in nats",
    "brier_score": "of the answers, 0 … 2",
    "perception_calibration_error": "expected calibration error of what is seen, all positions",
    "perception_negative_log_likelihood": "of what is seen, all positions, in nats",
    "perception_brier_score": "of what is seen, all positions, 0 … 2",
}
MEANINGS: Final[Mapping[str, str]] = OF_A_TEST | OF_A_CELL
"""What each metric says; those of a test are there for each shifted test as well, as NAME/SHIFT."""


def metric_names(spec: BenchmarkSpec) -> list[str]:
    """Every metric that a cell of *spec* has."""
    shifted = [f"{name}/{shift}" for shift in spec.evaluation.shifted for name in OF_A_TEST]
    return [*OF_A_TEST, *OF_A_CELL, *shifted]


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
        message = str(UnknownNameError(metric, noun="metric", known=known))
        raise SpecError(f"{where}: metric: {message}")
