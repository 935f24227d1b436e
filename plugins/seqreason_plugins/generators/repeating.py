"""A repeated round of symbols."""

from math import perm
from typing import Final, final

import numpy as np
from pydantic import Field

from seqreason import RuleTable, SequenceConfig, SpecError
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.families import Family, FamilyGenerator, Integers

_MOST_ROUNDS: Final = 500_000


class Repetitions(Family):
    """The family of repeating sequences: one rule for each period."""

    periods: Bounds = Field((2, 3), description="least and greatest number of symbols in a round")

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """A rule for each period p: every round of p different symbols, repeated.

        Raises:
            SpecError: a period is below 1, above the alphabet, or has too many sequences.
        """
        periods = range(self.periods[0], self.periods[1] + 1)
        position = np.arange(length + 1)
        rows = [_rounds(period, alphabet_size)[:, position % period] for period in periods]
        return RuleTable.uniform(rows, {"period": list(periods)})


def _rounds(period: int, alphabet_size: int) -> Integers:
    """Every ordered choice of *period* different symbols, shape (rounds, period)."""
    if not 1 <= period <= alphabet_size or perm(alphabet_size, period) > _MOST_ROUNDS:
        raise SpecError(
            f"periods: a round of {period} different symbols out of {alphabet_size} cannot be "
            f"listed; choose periods of at least 1 with at most {_MOST_ROUNDS:,} rounds"
        )
    rounds = np.indices((alphabet_size,) * period).reshape(period, -1).T
    in_order = np.sort(rounds, axis=1)
    return np.asarray(rounds[(np.diff(in_order, axis=1) > 0).all(axis=1)])


@final
class Repeating(FamilyGenerator):
    """A round of different symbols, repeated.

    Worked example: the round C X P, length 5 shows C X P C X and asks for P.
    """

    name = "repeating"

    class Config(SequenceConfig, Repetitions):
        """Settings of the repeating task."""

        lengths: Bounds = Field((4, 8), description="fewest and most shown symbols, uniform")
