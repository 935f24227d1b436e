"""Two progressions that alternate."""

from itertools import product
from typing import final

import numpy as np
from pydantic import Field

from seqreason import RuleTable, SequenceConfig
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.families import (
    Family,
    FamilyGenerator,
    Integers,
    from_every_start,
    table_of,
)


class Interleavings(Family):
    """The family of interleaved progressions: one rule for each pair of differences."""

    differences: Bounds = Field(
        (-3, 3), description="least and greatest difference of both progressions, without 0"
    )
    wrap: bool = Field(False, description="whether Z is followed by A")

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """A rule for each pair of differences: of the odd positions and of the even ones.

        Raises:
            SpecError: no pair fits.
        """
        least, greatest = self.differences
        pairs = list(product([d for d in range(least, greatest + 1) if d], repeat=2))
        # The first progression has the larger half of the length + 1 symbols.
        rows = [
            self._woven(one, two, (length + 2) // 2, (length + 1) // 2, alphabet_size)
            for one, two in pairs
        ]
        facts = {
            "odd difference": [one for one, _ in pairs],
            "even difference": [two for _, two in pairs],
        }
        return table_of(
            rows,
            facts,
            refusal=f"differences: no two differences in {least} … {greatest} fit {length}",
            alphabet_size=alphabet_size,
        )

    def _woven(
        self, one: int, two: int, num_one: int, num_two: int, alphabet_size: int
    ) -> Integers:
        """Every pair of progressions with these differences, their symbols alternating."""
        odd, even = (
            from_every_start(
                difference * np.arange(count), alphabet_size=alphabet_size, wrap=self.wrap
            )
            for difference, count in ((one, num_one), (two, num_two))
        )
        woven = np.zeros((len(odd), len(even), num_one + num_two), dtype=np.int64)
        woven[:, :, 0::2], woven[:, :, 1::2] = odd[:, None], even[None]
        return woven.reshape(-1, num_one + num_two)


@final
class Interleaved(FamilyGenerator):
    """Two arithmetic progressions, one at the odd positions and one at the even.

    Worked example: A C E … and Z Y X …, length 5 shows A Z C Y E and asks for X.
    """

    name = "interleaved"

    class Config(SequenceConfig, Interleavings):
        """Settings of the interleaved task."""

        lengths: Bounds = Field((4, 8), description="fewest and most shown symbols, uniform")
