"""Checks of the inputs of statistics: answers, numbers and probabilities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqreason.errors import DataError, SpecError
from seqreason.structures.axes import ShapeError, check_axes

Answers = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def checked_answers(is_right: ArrayLike, axes: str, *, where: str) -> Answers:
    """Whether each answer is right, as an array with these *axes*, none of them empty.

    Raises:
        ShapeError: it has other axes.
        DataError: it holds anything but booleans, or nothing.
    """
    array = np.asarray(is_right)
    _check_axes(array, axes, where=where)
    if array.dtype != np.bool_:
        raise DataError(
            f"{where}: expected booleans, whether each answer is right, got {array.dtype}"
        )
    return array


def checked_arms(
    left: ArrayLike, right: ArrayLike, axes: str, *, where: str
) -> tuple[Answers, Answers]:
    """The answers of two arms to the same items.

    Raises:
        ShapeError: one has other axes than *axes*, or the two have different sizes.
        DataError: one holds anything but booleans, or nothing.
    """
    first = checked_answers(left, axes, where=f"{where}, left arm")
    second = checked_answers(right, axes, where=f"{where}, right arm")
    _check_same_shape(first, second, axes, shared="items", where=where)
    return first, second


def checked_numbers(values: ArrayLike, axes: str, *, where: str) -> Numbers:
    """Finite numbers, as an array with these *axes*, none of them empty.

    Raises:
        ShapeError: it has other axes.
        DataError: it holds a number that is not finite, or nothing.
    """
    array = np.asarray(values, dtype=np.float64)
    _check_axes(array, axes, where=where)
    if not np.isfinite(array).all():
        raise DataError(f"{where}: expected finite numbers, got {array[~np.isfinite(array)][0]}")
    return array


def checked_pairs(left: ArrayLike, right: ArrayLike, *, where: str) -> tuple[Numbers, Numbers]:
    """The numbers of two arms at the same seeds, each of shape (seeds,).

    Raises:
        ShapeError: one has other axes, or the two have different sizes.
        DataError: one holds a number that is not finite, or nothing.
    """
    first = checked_numbers(left, "seeds", where=f"{where}, left arm")
    second = checked_numbers(right, "seeds", where=f"{where}, right arm")
    _check_same_shape(first, second, "seeds", shared="seeds", where=where)
    return first, second


def check_seeds(count: int, *, where: str, instead: str) -> None:
    """Check that there are enough seeds to show a spread.

    Raises:
        DataError: there are fewer than two; the message ends with what to do *instead*.
    """
    if count < 2:
        raise DataError(
            f"{where}: expected at least 2 seeds to show a spread, got {count}; {instead}"
        )


def check_probability(value: float, *, name: str, where: str) -> None:
    """Check that *value* lies strictly between 0 and 1.

    Raises:
        SpecError: it does not.
    """
    if not 0 < value < 1:
        raise SpecError(f"{where}: expected a {name} above 0 and below 1, got {value}")


def check_count(value: int, *, name: str, where: str) -> None:
    """Check that *value* is at least 1.

    Raises:
        SpecError: it is not.
    """
    if value < 1:
        raise SpecError(f"{where}: expected at least 1 of {name}, got {value}")


def _check_axes(array: NDArray[np.generic], axes: str, *, where: str) -> None:
    for axis, size in check_axes(array, axes, where=where).items():
        if not size:
            raise DataError(f"{where}: expected at least one of {axis}, got none")


def _check_same_shape(
    left: NDArray[np.generic], right: NDArray[np.generic], axes: str, *, shared: str, where: str
) -> None:
    if left.shape != right.shape:
        raise ShapeError(
            f"{where}: expected two arms of one shape ({', '.join(axes.split())}), the same "
            f"{shared} in both, got {left.shape} on the left and {right.shape} on the right"
        )
