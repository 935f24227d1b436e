"""Second-order progressions: the difference grows by a constant."""

from itertools import product
from typing import final

import numpy as np
from pydantic import Field

from seqreason import RuleTable, SequenceConfig
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.families import (
    Family,
    FamilyGenerator,
    from_every_start,
    table_of,
)


class Quadratics(Family):
    """The family of second-order progressions: one rule for each pair of differences."""

    first_differences: Bounds = Field((-6, 6), description="least and greatest first difference")
    second_differences: Bounds = Field(
        (-3, 3), description="least and greatest change of the difference, without 0"
    )
    wrap: bool = Field(False, description="whether Z is followed by A")

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """A rule for each pair: start + i·first + i(i - 1)/2·second at position i.

        Raises:
            SpecError: no pair fits.
        """
        (a, b), (c, d) = self.first_differences, self.second_differences
        pairs = [(one, two) for one, two in product(range(a, b + 1), range(c, d + 1)) if two]
        position = np.arange(length + 1)
        growth = position * (position - 1) // 2
        rows = [
            from_every_start(
                first * position + second * growth, alphabet_size=alphabet_size, wrap=self.wrap
            )
            for first, second in pairs
        ]
        facts = {
            "first difference": [first for first, _ in pairs],
            "second difference": [second for _, second in pairs],
        }
        return table_of(
            rows,
            facts,
            refusal=f"second_differences: no first difference in {a} … {b} with a second in "
            f"{c} … {d} fits {length}",
            alphabet_size=alphabet_size,
        )


@final
class Quadratic(FamilyGenerator):
    """Each difference is the one before it plus a constant, as in 1 2 4 7 11.

    Worked example: start A = 0, first difference 1, second difference 2, length 4 shows A B E J
    and asks for Q: the differences are 1, 3, 5, 7.
    """

    name = "quadratic"

    class Config(SequenceConfig, Quadratics):
        """Settings of the quadratic task."""

        lengths: Bounds = Field((3, 6), description="fewest and most shown symbols, uniform")
