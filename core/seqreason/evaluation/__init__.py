"""Evaluation: what a trained model gets right, how sure it is, and how good it could be."""

from seqreason.evaluation.breakdowns import Breakdown, break_down
from seqreason.evaluation.calibration import expected_calibration_error
from seqreason.evaluation.ceiling import ceiling_accuracy
from seqreason.evaluation.scoring import Scores, score

__all__ = [
    "Breakdown",
    "Scores",
    "break_down",
    "ceiling_accuracy",
    "expected_calibration_error",
    "score",
]
