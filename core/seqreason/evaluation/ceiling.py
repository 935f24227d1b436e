"""Ceilings: the best accuracy that any reasoner could have, given its perception."""

from dataclasses import dataclass
from math import fsum
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.ideal_observer import IdealObserver
from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.randomness import Stream
from seqreason.structures.sequences import Hypotheses

# The most perceived sequences × hypotheses that are enumerated; above it they are sampled.
_MOST_ENUMERATED: Final = 2**24
_NUM_SAMPLED: Final = 10_000


def ceiling_accuracy(generator: SequenceGenerator) -> float | None:
    """The accuracy at the last position of the best answer to every prefix.

    The best answer to a prefix with several continuations is the most probable one. So the ceiling
    is Σ over prefixes of max over answers of P(prefix, answer). None if the generator cannot
    enumerate its sequences.

    Worked example: `A` alone, which B and C follow equally often, has the ceiling 1/2.
    """
    if not isinstance(generator, EnumerableGenerator):
        return None
    total = fsum(
        share * _ceiling(generator.hypotheses(length))
        for length, share in generator.length_probabilities().items()
    )
    return min(total, 1.0)


@final
@dataclass(frozen=True)
class Ceiling:
    """An accuracy, and the standard error of its estimate, which is 0 if it was enumerated."""

    accuracy: float
    standard_error: float


def perceived_ceiling(
    generator: SequenceGenerator, confusion: NDArray[np.float64], *, stream: Stream
) -> Ceiling | None:
    """The accuracy at the last position of the best answer to every *perceived* prefix.

    Each frame is perceived by itself, with the given confusions. A model can exceed this ceiling if
    it uses its confidence in each frame, or reads a frame with the help of others.

    At lengths with few perceived sequences it is Σ over them of max over answers of
    P(perceived, answer). At other lengths it is the mean of max over answers of
    P(answer | perceived) over 10,000 sequences drawn from *stream*. None if the generator cannot
    enumerate its sequences.

    Shapes:
        confusion: (alphabet, alphabet), shown × perceived, each row of sum 1
    """
    if not isinstance(generator, EnumerableGenerator):
        return None
    accuracy = variance = 0.0
    for length, share in generator.length_probabilities().items():
        hypotheses = generator.hypotheses(length)
        if len(confusion) ** length * len(hypotheses.probabilities) <= _MOST_ENUMERATED:
            accuracy += share * _enumerated(hypotheses, confusion)
            continue
        perceived = _perceived(hypotheses, confusion, stream.child(str(length)))
        best = IdealObserver(generator, confusion).posterior(perceived, length=length).max(axis=1)
        accuracy += share * float(best.mean())
        variance += share**2 * float(best.var()) / len(best)
    return Ceiling(min(accuracy, 1.0), float(np.sqrt(variance)))


def _ceiling(hypotheses: Hypotheses) -> float:
    """The ceiling at one length."""
    joint, place = np.unique(hypotheses.symbols, axis=0, return_inverse=True)
    probabilities = np.bincount(place.ravel(), weights=hypotheses.probabilities)
    prefixes, prefix = np.unique(joint[:, :-1], axis=0, return_inverse=True)
    best = np.zeros(len(prefixes))
    np.maximum.at(best, prefix.ravel(), probabilities)
    return float(best.sum())


def _enumerated(hypotheses: Hypotheses, confusion: NDArray[np.float64]) -> float:
    """The ceiling at one length, over all sequences that can be perceived."""
    # P(hypothesis, perceived), extended by one frame at a time: (hypotheses, perceived sequences).
    joint = hypotheses.probabilities[:, None]
    for shown in hypotheses.symbols[:, :-1].T:
        joint = (joint[:, :, None] * confusion[shown][:, None]).reshape(len(joint), -1)
    by_answer = np.zeros((len(confusion), joint.shape[1]))
    np.add.at(by_answer, hypotheses.symbols[:, -1], joint)
    return float(by_answer.max(axis=0).sum())


def _perceived(
    hypotheses: Hypotheses, confusion: NDArray[np.float64], stream: Stream
) -> NDArray[np.int64]:
    """Drawn sequences, as they are perceived, shape (sequences, length)."""
    items, length = np.arange(_NUM_SAMPLED), hypotheses.symbols.shape[1] - 1
    chosen = _places(np.cumsum(hypotheses.probabilities), stream.child("rule").uniform(items)[:, 0])
    shown = hypotheses.symbols[chosen, :-1]
    # Recorded results depend on the stream's name, so it stays as it is.
    numbers = stream.child("sight").uniform(items, count=length)
    # All rows of the matrix as one rising line, so that one search is enough for every symbol.
    line = (np.cumsum(confusion, axis=1) + np.arange(len(confusion))[:, None]).ravel()
    within = _places(line, shown + numbers) - shown * len(confusion)
    return np.asarray(np.clip(within, 0, len(confusion) - 1))


def _places(bounds: NDArray[np.float64], numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """The place of each number between rising bounds."""
    places = np.searchsorted(bounds, numbers, side="right")
    return np.asarray(np.minimum(places, len(bounds) - 1))
