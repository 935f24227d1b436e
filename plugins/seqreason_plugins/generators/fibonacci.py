"""Sums of the last two symbols, modulo the alphabet."""

from typing import final

import numpy as np
from pydantic import Field

from seqreason import RuleTable, SequenceConfig
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.families import Family, FamilyGenerator


class Fibonaccis(Family):
    """The family of Fibonacci sequences: one rule, from every pair of symbols."""

    zeros: bool = Field(False, description="whether A A, which continues with A forever, may occur")

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """The one rule: s(i) = s(i - 1) + s(i - 2) modulo the alphabet, A counting as 0."""
        size = alphabet_size
        pairs = np.stack(np.divmod(np.arange(size * size), size), axis=1)[0 if self.zeros else 1 :]
        columns = [pairs[:, 0], pairs[:, 1]]
        while len(columns) < length + 1:
            columns.append((columns[-1] + columns[-2]) % size)
        return RuleTable.uniform([np.stack(columns[: length + 1], axis=1)], {})


@final
class Fibonacci(FamilyGenerator):
    """Each symbol is the sum of the two before it, counted around the alphabet with A as 0.

    Worked example: B = 1 and D = 3, length 5 shows B D E H L = 1 3 4 7 11 and asks for S = 18.
    """

    name = "fibonacci"

    class Config(SequenceConfig, Fibonaccis):
        """Settings of the Fibonacci task."""

        lengths: Bounds = Field((3, 8), description="fewest and most shown symbols, uniform")
