"""The result of one cell, for JSON and data frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, final

Status = Literal["finished", "failed", "skipped", "pruned"]


@final
@dataclass(frozen=True)
class CellResult:
    """The outcome of one cell.

    Attributes:
        arm: the arm of an ablation, or the benchmark's own name.
        status: `skipped` means that two of its parts do not fit, `pruned` that a search stopped
            it; `reason` says why.
        is_reused: whether it was already finished and not computed now.
        seconds: from the start of the cell to its end, with the training of earlier attempts.
        train_seconds, train_sequences: of the training loop only.
        metrics: by their names in `seqreason.spec.metrics.METRICS`.
        breakdowns: property → rows of value, count, accuracy, ceilings and errors by cause.
        reliability: stage → bins of confidence with the accuracy of each.
        errors: the most confident wrong answers to the test.
        environment: versions, hardware and data of its computation.
    """

    digest: str
    benchmark: str
    arm: str
    seed: int
    status: Status
    seconds: float = 0.0
    train_seconds: float = 0.0
    train_sequences: int = 0
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    breakdowns: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    reliability: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    curve: list[dict[str, float]] = field(default_factory=list)
    environment: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""
    is_reused: bool = False
    reason: str = ""

    @property
    def title(self) -> str:
        """The cell in titles of pictures: `easy, seed 0`, or with its arm `easy, lstm, seed 0`."""
        # The arms of a suite begin with their benchmark: `easy, lstm`.
        is_named = self.arm == self.benchmark or self.arm.startswith(f"{self.benchmark}, ")
        names = [self.arm] if is_named else [self.benchmark, self.arm]
        return ", ".join([*names, f"seed {self.seed}"])


def mean_of(cells: Sequence[CellResult], metric: str) -> float | None:
    """The mean of *metric* over *cells*; None if a cell does not have it."""
    values = [cell.metrics.get(metric) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None
