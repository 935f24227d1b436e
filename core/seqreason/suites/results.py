"""What came out of a run: one record a cell, ready for JSON and for a data frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, final

from seqreason.errors import SeqreasonError

Status = Literal["finished", "failed", "skipped"]


@final
@dataclass(frozen=True)
class CellResult:
    """The outcome of one cell.

    Attributes:
        arm: the arm of an ablation, or the benchmark's own name.
        status: `skipped` means that two of its parts do not fit; `reason` says why.
        is_reused: whether it was found finished rather than computed now.
        seconds: from the start of the cell to its end, over all attempts' training.
        train_seconds, train_sequences: the training loop alone, and what it has seen.
        metrics: by the names that JSON, tables and docs share.
        breakdowns: property → rows of value, count, accuracy, ceilings and errors by cause.
        reliability: stage → bins of confidence with the accuracy of each.
        errors: the wrong test answers of which the model was surest.
        environment: under what circumstances it was computed.
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


@final
@dataclass(frozen=True)
class Results:
    """The outcomes of all cells of a run, in the order of the spec."""

    cells: tuple[CellResult, ...]

    def __iter__(self) -> Iterator[CellResult]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def all_finished(self) -> bool:
        """Whether there is a cell, and every one is finished."""
        return bool(self.cells) and all(cell.status == "finished" for cell in self.cells)

    def mean(self, metric: str) -> float:
        """The mean of *metric* over the finished cells.

        Raises:
            SeqreasonError: no finished cell has it.
        """
        values = [cell.metrics.get(metric) for cell in self.cells if cell.status == "finished"]
        known = [value for value in values if value is not None]
        if not known:
            raise SeqreasonError(f"no finished cell has the metric {metric!r}")
        return sum(known) / len(known)

    def rows(self) -> list[dict[str, Any]]:
        """One flat mapping a cell, metrics among the columns: what a data frame is made from."""
        return [
            {
                "benchmark": cell.benchmark,
                "arm": cell.arm,
                "seed": cell.seed,
                "status": cell.status,
                "seconds": cell.seconds,
                "digest": cell.digest,
                **cell.metrics,
            }
            for cell in self.cells
        ]
