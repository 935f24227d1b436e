"""The check of an array's shape, for places where one part hands an array to another."""

from typing import Protocol

from seqreason.errors import SeqreasonError


class Shaped(Protocol):
    """Anything with a shape: a numpy array or a torch tensor."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""


class ShapeError(SeqreasonError):
    """An array does not have the axes that its receiver expects."""


def check_axes(array: Shaped, axes: str, *, where: str, **sizes: int) -> dict[str, int]:
    """The size of each named axis of *array*, after a check that it has these axes.

    Args:
        axes: the axes in order, `"frames 1 height width"`. A number is the exact size of an axis.
        where: the beginning of the message.
        sizes: the size that an axis of this name must have.

    >>> import numpy as np
    >>> check_axes(np.zeros((5, 64)), "frames features", where="encoder tiny", features=64)
    {'frames': 5, 'features': 64}

    Raises:
        ShapeError: the number of axes or a size differs.
    """
    names = axes.split()
    shape = tuple(array.shape)
    wanted = [int(name) if name.isdigit() else sizes.get(name) for name in names]
    fits = len(shape) == len(names) and all(
        size is None or size == found for size, found in zip(wanted, shape, strict=True)
    )
    if not fits:
        known = ", ".join(f"{name}={sizes[name]}" for name in names if name in sizes)
        raise ShapeError(
            f"{where}: expected shape ({', '.join(names)}){' with ' + known if known else ''}, "
            f"got {shape}"
        )
    return {name: size for name, size in zip(names, shape, strict=True) if not name.isdigit()}
