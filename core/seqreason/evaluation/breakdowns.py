"""Breakdowns: accuracy at the last position by length, by target, and by each declared fact."""

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from seqreason.alphabet import Alphabet
from seqreason.evaluation.scoring import Scores


@final
@dataclass(frozen=True)
class Breakdown:
    """How many examples one value of a property has, and the share answered rightly."""

    value: str
    count: int
    accuracy: float


def break_down(scores: Scores, alphabet: Alphabet) -> dict[str, list[Breakdown]]:
    """Accuracy by `length`, by `target` symbol, and by each fact that the generator declares.

    Values that no example has are left out.
    """
    told = {
        name: _split(scores, values)
        for name, values in {"length": scores.lengths, **scores.facts}.items()
    }
    targets = _split(scores, scores.targets)
    told["target"] = [replace(row, value=alphabet.symbols[int(row.value)]) for row in targets]
    return told


def _split(scores: Scores, values: NDArray[Any]) -> list[Breakdown]:
    found, places = np.unique(values, return_inverse=True)
    counts = np.bincount(places)
    right = np.bincount(places, weights=scores.is_right)
    rows = zip(found, counts, right / counts, strict=True)
    return [Breakdown(str(value), int(count), float(share)) for value, count, share in rows]
