"""What one search found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True)
class SearchResult:
    """How the search of one arm went: the best *values* by their paths, of how many *trials*.

    Trials that were *pruned* were stopped on their way, as they were behind; *failed* ones never
    came to an end. *valid_accuracy* is the best trial's, on which it was chosen.
    """

    arm: str
    trials: int
    pruned: int
    failed: int
    values: Mapping[str, Any]
    valid_accuracy: float
