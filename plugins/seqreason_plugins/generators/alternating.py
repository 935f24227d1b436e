"""Alternating steps up and down."""

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


class Alternations(Family):
    """The family of alternating sequences: one rule for each pair of a rise and a fall."""

    rises: Bounds = Field((1, 6), description="least and greatest step up, at odd places")
    falls: Bounds = Field((1, 6), description="least and greatest step down, at even places")
    wrap: bool = Field(False, description="whether Z is followed by A")

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """A rule for each pair: + rise, - fall, + rise, …

        Raises:
            SpecError: no pair fits.
        """
        (a, b), (c, d) = self.rises, self.falls
        pairs = list(product(range(a, b + 1), range(c, d + 1)))
        position = np.arange(length + 1)
        rows = [
            from_every_start(
                rise * ((position + 1) // 2) - fall * (position // 2),
                alphabet_size=alphabet_size,
                wrap=self.wrap,
            )
            for rise, fall in pairs
        ]
        return table_of(
            rows,
            {"rise": [rise for rise, _ in pairs], "fall": [fall for _, fall in pairs]},
            refusal=f"rises, falls: no rise in {a} … {b} with a fall in {c} … {d} fits {length}",
            alphabet_size=alphabet_size,
        )


@final
class Alternating(FamilyGenerator):
    """Up by one step, down by another, in turn.

    Worked example: start K = 10, rise 5, fall 2, length 4 shows K P N S and asks for Q.
    """

    name = "alternating"

    class Config(SequenceConfig, Alternations):
        """Settings of the alternating task."""

        lengths: Bounds = Field((3, 8), description="fewest and most shown symbols, uniform")
