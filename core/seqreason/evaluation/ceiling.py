"""The ceiling: the best accuracy that any model could have that sees the symbols perfectly."""

from math import fsum

import numpy as np

from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.sequences import Hypotheses


def ceiling_accuracy(generator: SequenceGenerator) -> float | None:
    """The last-position accuracy of the best answer to every prefix, over what is drawn.

    A prefix that fits several continuations is answered best by the most probable one:
    the ceiling is the sum over prefixes of max over answers of P(prefix, answer). None where the
    generator cannot enumerate what it draws.

    Worked example: `A` alone, continued by B or C alike, has the ceiling 1/2.
    """
    if not isinstance(generator, EnumerableGenerator):
        return None
    total = fsum(
        share * _ceiling(generator.hypotheses(length))
        for length, share in generator.length_probabilities().items()
    )
    return min(total, 1.0)


def _ceiling(hypotheses: Hypotheses) -> float:
    """The ceiling at one length."""
    joint, place = np.unique(hypotheses.symbols, axis=0, return_inverse=True)
    probabilities = np.bincount(place.ravel(), weights=hypotheses.probabilities)
    prefixes, prefix = np.unique(joint[:, :-1], axis=0, return_inverse=True)
    best = np.zeros(len(prefixes))
    np.maximum.at(best, prefix.ravel(), probabilities)
    return float(best.sum())
