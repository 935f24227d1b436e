"""Evaluation: how accurate a trained model is, how confident, and how good it could be."""

from seqreason.evaluation.attribution import CAUSES, Attribution, attribute
from seqreason.evaluation.breakdowns import Breakdown, break_down
from seqreason.evaluation.calibration import Certainty
from seqreason.evaluation.ceiling import Ceiling, ceiling_accuracy, perceived_ceiling
from seqreason.evaluation.confident_errors import WrongAnswer, confident_errors
from seqreason.evaluation.predictions import predictions_frame
from seqreason.evaluation.scoring import Scores, score

__all__ = [
    "CAUSES",
    "Attribution",
    "Breakdown",
    "Ceiling",
    "Certainty",
    "Scores",
    "WrongAnswer",
    "attribute",
    "break_down",
    "ceiling_accuracy",
    "confident_errors",
    "perceived_ceiling",
    "predictions_frame",
    "score",
]
