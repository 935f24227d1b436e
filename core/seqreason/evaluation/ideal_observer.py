"""The ideal observer: exact reasoning from perceived symbols, whether they are right or not."""

from typing import Final, final

import numpy as np
import torch
from numpy.typing import NDArray

from seqreason.interfaces import EnumerableGenerator

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# The most sequences × hypotheses in memory at once: 64 MiB of float32.
_MOST_ELEMENTS: Final = 2**24
_SMALLEST: Final = 1e-12
_TIE: Final = 1e-5


@final
class IdealObserver:
    """Knows the rules, and how often each symbol is confused with each other.

    A hypothesis h with prior P(h) shows h_1 … h_T and then h_(T+1). C(p | s) is the share of the
    frames of symbol s that are perceived as p, each frame by itself. Then by Bayes' rule:

        P(next = k | perceived p_1 … p_T)  ∝  Σ over h with h_(T+1) = k of  P(h) · Π C(p_i | h_i)

    Worked example: the hypotheses A B C and A C E are equally probable, and one C in five is
    perceived as B. Then the next symbol after A B is C with 1 / 1.2, and E with 0.2 / 1.2.

    Shapes:
        confusion: (alphabet, alphabet), shown × perceived, each row of sum 1
    """

    def __init__(self, generator: EnumerableGenerator, confusion: Floats) -> None:
        self._generator, self._size = generator, len(confusion)
        log_shares = np.log(np.maximum(confusion, _SMALLEST))
        # By perceived symbol, because that is the symbol which an observer knows.
        self._log_likelihoods = torch.from_numpy(log_shares.T.astype(np.float32))

    @classmethod
    def of_perfect_perception(
        cls, generator: EnumerableGenerator, *, alphabet_size: int
    ) -> "IdealObserver":
        """The observer that perceives every symbol correctly."""
        return cls(generator, np.eye(alphabet_size))

    def posterior(self, perceived: Integers, *, length: int) -> Floats:
        """The distribution over the next symbol after sequences of one length.

        Shapes:
            perceived: (sequences, length)
            returns: (sequences, alphabet), each row of sum 1
        """
        # Short sequences repeat, so each is computed once.
        distinct, place = np.unique(perceived, axis=0, return_inverse=True)
        hypotheses = self._generator.hypotheses(length)
        # The hypotheses as matrices, so that a posterior is two matrix products.
        symbols = torch.from_numpy(hypotheses.symbols)
        one_hot = torch.nn.functional.one_hot(symbols, self._size).float()
        shown, following = one_hot[:, :-1].flatten(1), one_hot[:, -1]
        log_priors = torch.from_numpy(hypotheses.probabilities).log().float()
        at_once = max(1, _MOST_ELEMENTS // len(log_priors))
        parts = []
        for part in np.split(distinct, range(at_once, len(distinct), at_once)):
            log_likelihoods = self._log_likelihoods[torch.from_numpy(part)].flatten(1)
            evidence = log_likelihoods @ shown.T + log_priors
            parts.append(evidence.softmax(dim=1) @ following)
        return np.asarray(torch.cat(parts).double().numpy()[place.ravel()])


def credit_of(posterior: Floats, targets: Integers) -> Floats:
    """The credit of the best answer for each target: 1, 0, or its share of a tie.

    Shapes:
        posterior: (sequences, alphabet)
        targets, returns: (sequences,)
    """
    is_best = posterior >= posterior.max(axis=1, keepdims=True) - _TIE
    hit = np.take_along_axis(is_best, targets[:, None], axis=1)[:, 0]
    return np.asarray(hit / is_best.sum(axis=1))
