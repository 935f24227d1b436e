"""The result of one search."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True)
class SearchResult:
    """The search of one arm.

    Attributes:
        trials, pruned, failed: how many there were, were stopped early, and ended in an error.
        values: the settings of the best trial, by their paths.
        valid_accuracy: of the best trial, which it selects.
    """

    arm: str
    trials: int
    pruned: int
    failed: int
    values: Mapping[str, Any]
    valid_accuracy: float
