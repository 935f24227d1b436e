"""Common parts of the families of rules: tables per length, and paths through the alphabet."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason import Conformance, PluginConfig, RuleGenerator, RuleTable, SpecError

Integers = NDArray[np.int64]

# Some settings have an effect only beside others: shares of rotated frames, mixed backgrounds.
SHOWN_EVERY_WAY: Final = {"background": "mixed", "rotation_degrees": 20.0}


class Family(PluginConfig):
    """The settings of one family of rules; they determine the rules."""

    @abstractmethod
    def rules(self, length: int, alphabet_size: int) -> RuleTable:
        """Every rule of the family that fits *length* shown symbols and the answer.

        Raises:
            SpecError: there is none; the message says which setting to change.
        """


class FamilyGenerator(RuleGenerator):
    """Draws from one family; a subclass's `Config` is a `SequenceConfig` and that `Family`."""

    conformance = Conformance(examples=({}, SHOWN_EVERY_WAY))

    @final
    def rules(self, length: int) -> RuleTable:
        """The rules of the family."""
        assert isinstance(self.config, Family)
        return self.config.rules(length, self.alphabet_size)


def from_every_start(path: Integers, *, alphabet_size: int, wrap: bool) -> Integers:
    """The sequences start + *path* that stay within the alphabet; with *wrap*, modulo its size.

    Worked example: the path 0 3 6 in an alphabet of 8 gives 0 3 6 and 1 4 7.

    Shapes:
        path: (time,), the distance of each symbol from the first
        returns: (starts, time)
    """
    symbols = np.arange(alphabet_size)[:, None] + path
    if wrap:
        return np.asarray(symbols % alphabet_size)
    inside = (symbols >= 0) & (symbols < alphabet_size)
    return np.asarray(symbols[inside.all(axis=1)])


def table_of(
    rows: Sequence[Integers],
    facts: Mapping[str, Sequence[Any]],
    *,
    refusal: str,
    alphabet_size: int,
    remedy: str = "wrap: true",
) -> RuleTable:
    """The table of equally probable rules, each with its sequences.

    Raises:
        SpecError: no rule has a sequence; *refusal* begins the message, *remedy* ends it.
    """
    if any(len(of_rule) for of_rule in rows):
        return RuleTable.uniform(rows, facts)
    raise SpecError(
        f"{refusal} shown symbols and the answer into an alphabet of {alphabet_size}; choose "
        f"smaller steps, shorter lengths or {remedy}"
    )
