"""The report's proposal for further work: the Normal task with letters at random angles."""

from typing import final

from pydantic import Field

from seqreason.interfaces.sequence_config import Background
from seqreason_plugins.generators.progressions import ProgressionGenerator


@final
class Rotated(ProgressionGenerator):
    """The Normal task with each frame rotated by an angle of its own.

    Worked example: start E = 4, difference 2, length 3 shows E G I, each at its own angle, and
    asks for K.
    """

    name = "rotated"

    class Config(ProgressionGenerator.Config):
        """Settings of the rotated task."""

        background: Background = Field(
            "mixed", description="black, white, or one of them at random"
        )
        rotation_degrees: float = Field(
            30.0, ge=0, le=180, description="each frame is rotated by up to this angle, either way"
        )
