"""Skeletons: letters as strokes through points, ready to be bent and sampled.

In the notation, `|` separates strokes. A stroke is `-` (straight lines) or `~` (a smooth curve),
then its points. A point is a column and a row, each one character of 0-9, a-z; rows count
downwards. `!` after a point of a curve makes a corner. A curve that ends where it begins is
closed without a corner. So `-00 80|-40 49` is a T and `~40 04 49 84 40` is an O.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason_plugins.sources.strokes.lowercase import LOWERCASE
from seqreason_plugins.sources.strokes.uppercase import UPPERCASE

Floats = NDArray[np.float32]

# Width over height of a cell of each table's grid, for letters of natural proportions.
_PROPORTIONS: Final = {"upper": 0.95, "lower": 0.68}
# A letter is drawn about 20 pixels high, so samples lie about half a pixel apart.
_SAMPLES_PER_HEIGHT: Final = 40


@final
@dataclass(frozen=True)
class Skeleton:
    """One way to write a letter.

    A sample of a stroke is a weighted sum of the points, with the weights of a Catmull-Rom spline
    (Catmull & Rom, 1974) or of a straight line. So moving the points bends the strokes.

    Shapes:
        points: (points, 2), x and y in heights of the letter, y downwards
        weights: (samples, points)
    """

    points: Floats
    weights: Floats


@cache
def skeletons(case: str) -> tuple[tuple[Skeleton, ...], ...]:
    """The ways to write each letter of the case `upper` or `lower`, A first."""
    table = {"upper": UPPERCASE, "lower": LOWERCASE}[case]
    proportion = _PROPORTIONS[case]
    return tuple(
        tuple(parse_skeleton(way, proportion=proportion) for way in table[letter])
        for letter in sorted(table)
    )


def parse_skeleton(notation: str, *, proportion: float = 1.0) -> Skeleton:
    """The skeleton that *notation* describes; its longer side has length 1.

    *proportion* is the width of a cell of the grid over its height.
    """
    parsed = [_parse_stroke(stroke) for stroke in notation.split("|")]
    points = np.concatenate([places for places, _ in parsed]) * [proportion, 1.0]
    points = points - points.min(axis=0)
    points = points / points.max()
    weights = []
    begin = 0
    for places, is_corner in parsed:
        own = points[begin : begin + len(places)]
        rows = _stroke_weights(own, is_corner)
        weights.append(np.pad(rows, ((0, 0), (begin, len(points) - begin - len(places)))))
        begin += len(places)
    return Skeleton(points.astype(np.float32), np.concatenate(weights).astype(np.float32))


def _parse_stroke(stroke: str) -> tuple[NDArray[np.float64], list[bool]]:
    """The points of a stroke, and whether each is a corner."""
    tokens = stroke[1:].split()
    places = np.array([[int(token[0], 36), int(token[1], 36)] for token in tokens], dtype=float)
    return places, [stroke[0] == "-" or token.endswith("!") for token in tokens]


def _stroke_weights(points: NDArray[np.float64], is_corner: list[bool]) -> NDArray[np.float64]:
    """The weights of a stroke's samples over its points, shape (samples, points)."""
    last = len(points) - 1
    is_closed = bool((points[0] == points[-1]).all()) and not any(is_corner)
    rows = []
    for place in range(last):
        length = float(np.linalg.norm(points[place + 1] - points[place]))
        steps = np.arange(max(2, round(length * _SAMPLES_PER_HEIGHT)))
        t = (steps / len(steps))[:, None]
        before = _neighbour(place, -1, is_corner, last, is_closed=is_closed)
        after = _neighbour(place + 1, 1, is_corner, last, is_closed=is_closed)
        one_hot = np.eye(last + 1)
        a, b, c, d = (one_hot[i] for i in (before, place, place + 1, after))
        if is_corner[place] and is_corner[place + 1]:
            rows.append(b + (c - b) * t)
        else:
            bend = (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3
            rows.append(b + 0.5 * bend)
    rows.append(np.eye(last + 1)[last:])
    return np.concatenate(rows)


def _neighbour(place: int, step: int, is_corner: list[bool], last: int, *, is_closed: bool) -> int:
    """The point that bends the curve at *place*: its neighbour, or itself at an end."""
    if is_corner[place]:
        return place
    if 0 <= place + step <= last:
        return place + step
    return (last - 1 if step < 0 else 1) if is_closed else place
