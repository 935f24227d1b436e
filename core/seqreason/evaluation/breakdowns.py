"""Breakdowns: accuracy at the last position by length, by target, and by each declared fact."""

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.attribution import CAUSES, Attribution
from seqreason.evaluation.scoring import Scores
from seqreason.structures.alphabet import Alphabet


@final
@dataclass(frozen=True)
class Breakdown:
    """The examples that have one value of a property: their number, accuracy and errors.

    Attributes:
        accuracy: the share of right answers.
        ceiling: the share that the best answer to the shown symbols gets right.
        perceived_ceiling: the same for the perceived symbols.
        errors: the share of wrong answers from each cause.
    """

    value: str
    count: int
    accuracy: float
    ceiling: float | None
    perceived_ceiling: float | None
    errors: dict[str, float]


def break_down(
    scores: Scores, attribution: Attribution | None, alphabet: Alphabet
) -> dict[str, list[Breakdown]]:
    """Accuracy by `length`, by `target` symbol, and by each fact that the generator declares.

    Values that no example has are left out. Without an *attribution* the ceilings are None.
    """
    breakdowns = {
        name: _split(scores, attribution, values)
        for name, values in {"length": scores.lengths, **scores.facts}.items()
    }
    targets = _split(scores, attribution, scores.targets)
    breakdowns["target"] = [replace(row, value=alphabet.symbols[int(row.value)]) for row in targets]
    return breakdowns


def _split(
    scores: Scores, attribution: Attribution | None, values: NDArray[Any]
) -> list[Breakdown]:
    distinct, places = np.unique(values, return_inverse=True)
    counts = np.bincount(places)

    def shares(weights: NDArray[Any]) -> list[float]:
        return list((np.bincount(places, weights=weights) / counts).tolist())

    columns: dict[str, list[Any]] = {
        "value": [str(value) for value in distinct],
        "count": counts.tolist(),
        "accuracy": shares(scores.is_right),
        "ceiling": [None] * len(distinct),
        "perceived_ceiling": [None] * len(distinct),
    }
    errors: list[dict[str, float]] = [{} for _ in distinct]
    if attribution is not None:
        columns["ceiling"] = shares(attribution.ceiling)
        columns["perceived_ceiling"] = shares(attribution.perceived_ceiling)
        by_cause = {cause: shares(attribution.causes == cause) for cause in CAUSES}
        errors = [{cause: by_cause[cause][row] for cause in CAUSES} for row in range(len(distinct))]
    rows = zip(*columns.values(), errors, strict=True)
    return [Breakdown(**dict(zip([*columns, "errors"], row, strict=True))) for row in rows]
