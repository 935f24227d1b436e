"""Several families of rules in one task."""

from typing import final

import numpy as np
from pydantic import Field, model_validator

from seqreason import Conformance, PluginConfig, RuleGenerator, RuleTable, SequenceConfig
from seqreason.interfaces.sequence_config import Bounds
from seqreason_plugins.generators.alternating import Alternations
from seqreason_plugins.generators.families import SHOWN_EVERY_WAY, Family
from seqreason_plugins.generators.fibonacci import Fibonaccis
from seqreason_plugins.generators.interleaved import Interleavings
from seqreason_plugins.generators.progressions import Progressions
from seqreason_plugins.generators.quadratic import Quadratics
from seqreason_plugins.generators.repeating import Repetitions


class Families(PluginConfig):
    """The families of a mixture, each with the settings of its rule; null: left out."""

    arithmetic: Progressions | None = Field(None, description="arithmetic progressions")
    quadratic: Quadratics | None = Field(None, description="second-order progressions")
    fibonacci: Fibonaccis | None = Field(None, description="sums of the last two")
    interleaved: Interleavings | None = Field(None, description="two progressions that alternate")
    alternating: Alternations | None = Field(None, description="alternating steps up and down")
    repeating: Repetitions | None = Field(None, description="a repeated round of symbols")

    @model_validator(mode="after")
    def _one_at_least(self) -> "Families":
        if not self.chosen():
            known = ", ".join(type(self).model_fields)
            raise ValueError(f"a mixture needs a family, such as `arithmetic: {{}}`: {known}")
        return self

    def chosen(self) -> dict[str, Family]:
        """The families of the mixture, by name."""
        return {name: family for name, family in self if family is not None}


@final
class Mixture(RuleGenerator):
    """Sequences of several families, all families equally probable.

    Worked example: with the families arithmetic and repeating, length 4 shows B D F H and asks
    for J, or shows B D B D and asks for B.
    """

    name = "mixture"
    conformance = Conformance(
        examples=({}, SHOWN_EVERY_WAY, {"families": {"fibonacci": {}, "repeating": {}}})
    )

    class Config(SequenceConfig):
        """Settings of a mixture."""

        lengths: Bounds = Field((4, 8), description="fewest and most shown symbols, uniform")
        families: Families = Field(
            Families(arithmetic=Progressions(), alternating=Alternations()),
            description="the families with their settings: {arithmetic: {}, fibonacci: {}}",
        )

    config: Config

    def rules(self, length: int) -> RuleTable:
        """The rules of all families; the fact is `family`."""
        families = self.config.families.chosen()
        tables = [family.rules(length, self.alphabet_size) for family in families.values()]
        return RuleTable(
            np.concatenate([table.symbols for table in tables]),
            np.concatenate([table.counts for table in tables]),
            np.concatenate([table.probabilities for table in tables]) / len(tables),
            {"family": np.repeat(list(families), [len(table.counts) for table in tables])},
        )
