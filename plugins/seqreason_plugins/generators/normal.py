"""The report's Normal task: two letters or more, differences of either sign, both backgrounds."""

from typing import final

from pydantic import Field

from seqreason_plugins.generators.progressions import (
    Background,
    ProgressionConfig,
    ProgressionGenerator,
    Range,
)


@final
class Normal(ProgressionGenerator):
    """Arithmetic progressions of varying length, rising or falling, on black or white.

    Worked example: start T = 19, difference -4, length 4 shows T P L H and asks for D.
    """

    name = "normal"

    class Config(ProgressionConfig):
        """Settings of the Normal task."""

        differences: Range = Field((-6, 6), description="least and greatest common difference")
        lengths: Range = Field((2, 8), description="fewest and most shown symbols, uniform")
        background: Background = Field("mixed", description="black, white, or either by chance")
