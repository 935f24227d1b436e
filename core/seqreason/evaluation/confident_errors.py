"""The worst errors: the wrong answers of which a model was surest."""

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from seqreason.evaluation.attribution import Attribution
from seqreason.evaluation.scoring import Scores
from seqreason.structures.alphabet import Alphabet


@final
@dataclass(frozen=True)
class WrongAnswer:
    """One wrongly answered example, in symbols.

    Attributes:
        example: its index in the split.
        cause: what is to blame, see `Attribution`; empty where that is not known.
        facts: what the generator says of its rule.
    """

    example: int
    shown: list[str]
    perceived: list[str]
    target: str
    prediction: str
    confidence: float
    cause: str
    facts: dict[str, Any] = field(default_factory=dict)


def confident_errors(
    scores: Scores, attribution: Attribution | None, alphabet: Alphabet, *, count: int
) -> list[WrongAnswer]:
    """At most *count* wrong answers, the surest first."""
    wrong = np.flatnonzero(~scores.is_right)
    surest = wrong[np.argsort(-scores.answers.confidences[wrong], kind="stable")][:count]

    def named(symbols: Any) -> list[str]:
        return [alphabet.symbols[int(symbol)] for symbol in symbols]

    return [
        WrongAnswer(
            example=place,
            shown=named(scores.symbols[place, : scores.lengths[place]]),
            perceived=named(scores.perceived[place, : scores.lengths[place]]),
            target=alphabet.symbols[int(scores.targets[place])],
            prediction=alphabet.symbols[int(scores.predictions[place])],
            confidence=float(scores.answers.confidences[place]),
            cause="" if attribution is None else str(attribution.causes[place]),
            facts={name: values[place].item() for name, values in scores.facts.items()},
        )
        for place in surest.tolist()
    ]
