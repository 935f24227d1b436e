"""The report's Normal task: two or more letters, differences of either sign, any background."""

from typing import final

from pydantic import Field

from seqreason.interfaces.sequence_config import Background
from seqreason_plugins.generators.progressions import ProgressionGenerator


@final
class Normal(ProgressionGenerator):
    """Arithmetic progressions of varying length, rising or falling, on black or white.

    Worked example: start T = 19, difference -4, length 4 shows T P L H and asks for D.
    """

    name = "normal"

    class Config(ProgressionGenerator.Config):
        """Settings of the Normal task."""

        background: Background = Field(
            "mixed", description="black, white, or one of them at random"
        )
