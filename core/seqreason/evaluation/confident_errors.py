"""The most confident errors: the wrong answers with the highest confidence."""

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
        cause: the cause of the error, see `Attribution`; empty if it is not known.
        facts: the generator's facts about its rule.
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
    """At most *count* wrong answers, the most confident first."""
    wrong = np.flatnonzero(~scores.is_right)
    chosen = wrong[np.argsort(-scores.answers.confidences[wrong], kind="stable")][:count]

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
        for place in chosen.tolist()
    ]
