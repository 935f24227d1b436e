"""Corrections for testing several hypotheses at once."""

import numpy as np
from numpy.typing import ArrayLike

from seqreason.errors import DataError
from seqreason.statistics.inputs import Numbers, checked_numbers


def holm(p_values: ArrayLike) -> Numbers:
    """The p values adjusted by Holm's method, in the order of *p_values*.

    Reject each hypothesis with an adjusted value of at most α. Then the probability of one false
    rejection or more is at most α, whatever the tests have in common. The smallest of m values is
    multiplied by m, the next by m - 1, and so on. The adjusted values keep their order and do not
    exceed 1.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics, 1979.

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]

    Shapes:
        p_values, returns: (hypotheses,)

    Raises:
        ShapeError: *p_values* has other axes.
        DataError: there is none, or one is not in 0 … 1.
    """
    values = checked_numbers(p_values, "hypotheses", where="holm")
    outside = values[(values < 0) | (values > 1)]
    if len(outside):
        raise DataError(f"holm: expected p values in 0 … 1, got {outside[0]}")
    order = np.argsort(values, kind="stable")
    multiplied = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(multiplied))
    return adjusted
