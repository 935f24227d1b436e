"""The report's Easy task: five letters on black with a common difference of 1 to 3."""

from typing import final

from pydantic import Field

from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.progressions import ProgressionGenerator


@final
class Easy(ProgressionGenerator):
    """Arithmetic progressions of one length on a black background.

    Worked example: start C = 2, difference 3, length 5 shows C F I L O and asks for R.
    """

    name = "easy"

    class Config(ProgressionGenerator.Config):
        """Settings of the Easy task."""

        differences: Bounds = Field((1, 3), description="least and greatest common difference")
        lengths: Bounds = Field((5, 5), description="fewest and most shown symbols, uniform")
