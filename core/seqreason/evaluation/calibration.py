"""Calibration: whether a model is right as often as its confidence says."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_NUM_BINS: Final = 15


@final
@dataclass(frozen=True)
class Bin:
    """The answers with a confidence above *low* and up to *high*: their number and means."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@final
@dataclass(frozen=True)
class Certainty:
    """The confidence and the correctness of a stage's answers, one row for each answer.

    Shapes:
        confidences: (answers,), the probability of the answer, which is the likeliest symbol
        is_right: (answers,), whether the answer is the true symbol
        log_probs: (answers,), the natural logarithm of the probability of the true symbol
        squared_errors: (answers,), Σ over symbols of (probability - [symbol is true])²
    """

    confidences: NDArray[np.float64]
    is_right: NDArray[np.bool_]
    log_probs: NDArray[np.float64]
    squared_errors: NDArray[np.float64]

    @classmethod
    def of_columns(cls, columns: NDArray[np.float64]) -> "Certainty":
        """From the result of `certainty_columns`.

        Shapes:
            columns: (answers, 4)
        """
        confidences, is_right, log_probs, squared_errors = columns.T
        return cls(confidences, is_right.astype(np.bool_), log_probs, squared_errors)

    @property
    def expected_calibration_error(self) -> float:
        """The mean gap between confidence and accuracy over 15 bins of equal width, 0 … 1.

        It is the sum over bins of |bin|/n · |accuracy(bin) - mean confidence(bin)|. A bin does not
        include its lower limit. Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural
        networks", ICML 2017, equation 3.
        """
        gaps = [entry.count * abs(entry.accuracy - entry.confidence) for entry in self.reliability]
        return sum(gaps) / len(self.confidences)

    @property
    def negative_log_likelihood(self) -> float:
        """The mean of -log p(true symbol), in nats."""
        return float(-self.log_probs.mean())

    @property
    def brier_score(self) -> float:
        """The mean squared error of all probabilities, 0 … 2.

        Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
        Review, 1950.
        """
        return float(self.squared_errors.mean())

    @property
    def reliability(self) -> list[Bin]:
        """The bins that are not empty, by rising confidence: the rows of a reliability diagram."""
        place = np.clip(np.ceil(self.confidences * _NUM_BINS) - 1, 0, _NUM_BINS - 1)
        counts, sums, right = (
            np.bincount(place.astype(np.int64), weights=weights, minlength=_NUM_BINS)
            for weights in (None, self.confidences, self.is_right)
        )
        return [
            Bin(
                low=number / _NUM_BINS,
                high=(number + 1) / _NUM_BINS,
                count=int(counts[number]),
                confidence=float(sums[number] / counts[number]),
                accuracy=float(right[number] / counts[number]),
            )
            for number in np.flatnonzero(counts).tolist()
        ]


def certainty_columns(logits: Tensor, truth: Tensor) -> Tensor:
    """The four columns of a `Certainty`, in its order.

    Shapes:
        logits: (answers, alphabet)
        truth: (answers,), int64, the true symbols
        returns: (answers, 4), float64
    """
    log_shares = logits.double().log_softmax(dim=1)
    log_probs = log_shares.gather(1, truth[:, None])[:, 0]
    shares = log_shares.exp()
    confidences, answers = shares.max(dim=1)
    # Σ (p - y)² = Σ p² - 2 p(true) + 1, without a one-hot matrix.
    squared_errors = shares.square().sum(dim=1) - 2 * log_probs.exp() + 1
    return torch.stack([confidences, (answers == truth).double(), log_probs, squared_errors], dim=1)
