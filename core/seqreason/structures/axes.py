"""One check for the shape of an array, for use at the borders between parts."""

from typing import Protocol

from seqreason.errors import SeqreasonError


class Shaped(Protocol):
    """Whatever has a shape: a numpy array or a torch tensor."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""


class ShapeError(SeqreasonError):
    """An array has other axes than the part that receives it was promised."""


def check_axes(array: Shaped, axes: str, *, where: str, **sizes: int) -> dict[str, int]:
    """The size of each axis of *array*, once it is sure that it has those axes.

    *axes* names them in order, `"frames 1 height width"`: a number is that size exactly, and a
    name given in *sizes* must have that size.

    >>> import numpy as np
    >>> check_axes(np.zeros((5, 64)), "frames features", where="encoder tiny", features=64)
    {'frames': 5, 'features': 64}

    Raises:
        ShapeError: the number of axes or a size differs; the message begins with *where*.
    """
    names = axes.split()
    shape = tuple(array.shape)
    wanted = [int(name) if name.isdigit() else sizes.get(name) for name in names]
    fits = len(shape) == len(names) and all(
        size is None or size == found for size, found in zip(wanted, shape, strict=True)
    )
    if not fits:
        message = ", ".join(f"{name}={sizes[name]}" for name in names if name in sizes)
        raise ShapeError(
            f"{where}: expected shape ({', '.join(names)}){' with ' + message if message else ''}, "
            f"got {shape}"
        )
    return {name: size for name, size in zip(names, shape, strict=True) if not name.isdigit()}
