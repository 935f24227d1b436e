"""Attribution: the cause of a wrong answer is perception, reasoning or the task itself."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.ideal_observer import IdealObserver, credit_of
from seqreason.evaluation.scoring import Scores
from seqreason.interfaces import EnumerableGenerator, SequenceGenerator

CAUSES: Final = ("perception", "reasoning", "irreducible")


@final
@dataclass(frozen=True)
class Attribution:
    """The answers of an ideal observer to the same examples, and the cause of each wrong answer.

    A wrong answer is *irreducible* if the target is not the only best answer even to the symbols
    that were shown. Otherwise it is an error of *perception* if the target is not the only best
    answer to the perceived symbols, given how often symbols are confused. Otherwise it is an error
    of *reasoning*.

    Shapes:
        ceiling: (examples,), the credit of the best answer to the shown symbols, see `credit_of`
        perceived_ceiling: (examples,), the same for the perceived symbols
        causes: (examples,), one of `CAUSES`, empty if the answer is right
        confusion: (alphabet, alphabet), shown × perceived, each row of sum 1
    """

    ceiling: NDArray[np.float64]
    perceived_ceiling: NDArray[np.float64]
    causes: NDArray[np.str_]
    confusion: NDArray[np.float64]

    def share(self, cause: str) -> float:
        """The share of all examples that are answered wrongly from that cause."""
        return float((self.causes == cause).mean())


def attribute(
    scores: Scores, generator: SequenceGenerator, *, alphabet_size: int
) -> Attribution | None:
    """The cause of each wrong answer; None if the generator cannot enumerate its sequences."""
    if not isinstance(generator, EnumerableGenerator):
        return None
    confusion = confusion_matrix(scores, alphabet_size=alphabet_size)
    perfect = IdealObserver.of_perfect_perception(generator, alphabet_size=alphabet_size)
    ceiling = _credit(perfect, scores, scores.symbols)
    perceived = _credit(IdealObserver(generator, confusion), scores, scores.perceived)
    causes = np.select(
        [scores.is_right, ceiling < 1, perceived < 1],
        ["", "irreducible", "perception"],
        default="reasoning",
    )
    return Attribution(ceiling, perceived, causes, confusion)


def confusion_matrix(scores: Scores, *, alphabet_size: int) -> NDArray[np.float64]:
    """C(p | s): the share of the frames of symbol s that were perceived as symbol p.

    A symbol that no frame shows counts as perceived correctly.

    Shapes:
        returns: (alphabet, alphabet), shown × perceived, each row of sum 1
    """
    is_shown = scores.symbols >= 0
    counts = np.zeros((alphabet_size, alphabet_size))
    np.add.at(counts, (scores.symbols[is_shown], scores.perceived[is_shown]), 1)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.eye(alphabet_size), where=totals > 0)
    return np.asarray(shares)


def _credit(
    observer: IdealObserver, scores: Scores, symbols: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The credit of the best answer to *symbols* (examples, time), shape (examples,)."""
    credit = np.zeros(len(symbols))
    for length in np.unique(scores.lengths).tolist():
        rows = np.flatnonzero(scores.lengths == length)
        posterior = observer.posterior(symbols[rows, :length], length=length)
        credit[rows] = credit_of(posterior, scores.targets[rows])
    return credit
