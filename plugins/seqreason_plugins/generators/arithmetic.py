"""The family of arithmetic progressions, of which `easy` and `normal` are presets."""

from typing import final

from seqreason_plugins.generators.progressions import ProgressionGenerator


@final
class Arithmetic(ProgressionGenerator):
    """Arithmetic progressions: each symbol is the one before it plus a common difference.

    Worked example: start B = 1, difference 5, length 3 shows B G L and asks for Q.
    """

    name = "arithmetic"
