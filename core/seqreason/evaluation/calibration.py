"""Calibration: whether a model is as often right as it is sure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_NUM_BINS: Final = 15


def expected_calibration_error(
    confidences: NDArray[np.float64], is_right: NDArray[np.bool_]
) -> float:
    """The mean gap between confidence and accuracy over 15 bins of equal width (0 – 1).

    Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017,
    equation 3: the sum over bins of |bin|/n · |accuracy(bin) - mean confidence(bin)|, a bin
    being open below and closed above.

    Shapes:
        confidences, is_right: (examples,)
    """
    bins = np.clip(np.ceil(confidences * _NUM_BINS) - 1, 0, _NUM_BINS - 1).astype(np.int64)
    gaps = np.bincount(bins, weights=is_right - confidences, minlength=_NUM_BINS)
    return float(np.abs(gaps).sum() / len(confidences))
