"""The answers of a model to each example, as a data frame."""

from typing import TYPE_CHECKING

import numpy as np

from seqreason.evaluation.attribution import Attribution
from seqreason.evaluation.scoring import Scores
from seqreason.structures.alphabet import Alphabet

if TYPE_CHECKING:
    import polars as pl


def predictions_frame(
    test: str, scores: Scores, attribution: Attribution | None, alphabet: Alphabet
) -> "pl.DataFrame":
    """One row for each example of the test *test*, in the order of their indices.

    Columns:
        test, index, length: which example it is, and how many frames it has
        symbols, perceived: the shown and the perceived symbols
        target, prediction: the right answer and the model's
        confidence: the probability of the prediction
        log_prob: the logarithm of the probability of the target
        cause: the cause of a wrong answer, see `Attribution`
        rule_…: a column for each fact of the rule
    """
    # Importing polars takes a while, and most commands do not need it.
    import polars as pl  # noqa: PLC0415

    names = np.array(alphabet.symbols)
    count = len(scores.targets)

    def spelt(rows: np.ndarray) -> list[list[str]]:
        return [
            names[row[:length]].tolist() for row, length in zip(rows, scores.lengths, strict=True)
        ]

    causes = np.full(count, "") if attribution is None else attribution.causes
    return pl.DataFrame(
        {
            "test": [test] * count,
            "index": np.arange(count),
            "length": scores.lengths,
            "symbols": spelt(scores.symbols),
            "perceived": spelt(scores.perceived),
            "target": names[scores.targets].tolist(),
            "prediction": names[scores.predictions].tolist(),
            "confidence": scores.answers.confidences.astype(np.float32),
            "log_prob": scores.answers.log_probs.astype(np.float32),
            "cause": causes.tolist(),
            **{f"rule_{name}": values.tolist() for name, values in scores.facts.items()},
        }
    )
