"""Arithmetic progressions: `arithmetic`, and the base of `easy`, `normal` and `rotated`."""

from typing import final

import numpy as np
from pydantic import Field, model_validator

from seqreason import RuleTable, SequenceConfig
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.families import (
    Family,
    FamilyGenerator,
    from_every_start,
    table_of,
)


class Progressions(Family):
    """The family of arithmetic progressions: one rule for each common difference."""

    differences: Bounds = Field((-6, 6), description="least and greatest common difference")
    zero_difference: bool = Field(False, description="whether a difference of 0 may occur")
    wrap: bool = Field(False, description="whether Z is followed by A")

    @model_validator(mode="after")
    def _zero_is_in_the_range(self) -> "Progressions":
        least, greatest = self.differences
        if self.zero_difference and not least <= 0 <= greatest:
            raise ValueError(
                f"zero_difference has no effect while differences are {least} … {greatest}"
            )
        return self

    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """A rule for each difference d; without wrap-around it fits if |d|·length < alphabet.

        Raises:
            SpecError: no difference fits.
        """
        least, greatest = self.differences
        allowed = [d for d in range(least, greatest + 1) if d or self.zero_difference]
        position = np.arange(length + 1)
        rows = [
            from_every_start(d * position, alphabet_size=alphabet_size, wrap=self.wrap)
            for d in allowed
        ]
        return table_of(
            rows,
            {"difference": allowed},
            refusal=f"differences: no difference in {least} … {greatest} fits {length}",
            alphabet_size=alphabet_size,
            remedy="wrap: true, or zero_difference: true",
        )


class ProgressionGenerator(FamilyGenerator):
    """Draws a length, then a difference that fits it, then a start that fits both.

    A task is a final subclass with a name and its own defaults in `Config`.
    """

    class Config(SequenceConfig, Progressions):
        """Settings of a progression task."""


@final
class Arithmetic(ProgressionGenerator):
    """Arithmetic progressions: each symbol is the one before it plus a common difference.

    Worked example: start B = 1, difference 5, length 3 shows B G L and asks for Q.
    """

    name = "arithmetic"
