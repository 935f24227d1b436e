"""What came out of a run: one record a cell, ready for JSON and for a data frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, final

from seqreason.errors import SeqreasonError
from seqreason.spec import Question

if TYPE_CHECKING:
    import polars as pl

    from seqreason.suites.evidence import ArmEvidence, ContrastEvidence

Status = Literal["finished", "failed", "skipped", "pruned"]


@final
@dataclass(frozen=True)
class CellResult:
    """The outcome of one cell.

    Attributes:
        arm: the arm of an ablation, or the benchmark's own name.
        status: `skipped` means that two of its parts do not fit, `pruned` that a search gave it
            up; `reason` says why.
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

    @property
    def title(self) -> str:
        """What a picture of it is called: `easy, seed 0`, or with its arm `easy, lstm, seed 0`."""
        # The arms of a suite begin with their benchmark: `easy, lstm`.
        is_told = self.arm == self.benchmark or self.arm.startswith(f"{self.benchmark}, ")
        names = [self.arm] if is_told else [self.benchmark, self.arm]
        return ", ".join([*names, f"seed {self.seed}"])


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


@final
@dataclass(frozen=True)
class Results:
    """The outcomes of all cells of a run, in the order of the spec, and what was asked of them."""

    cells: tuple[CellResult, ...]
    question: Question = field(default_factory=Question)
    searches: tuple[SearchResult, ...] = ()

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
        """One flat mapping a cell, metrics among the columns."""
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

    def to_polars(self) -> "pl.DataFrame":
        """`rows` as a data frame; a metric that a cell does not have is null."""
        import polars as pl  # noqa: PLC0415 - slow to import

        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def to_pandas(self) -> Any:
        """`rows` as a pandas data frame.

        Raises:
            SeqreasonError: pandas is not installed, which nothing else here needs.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - no dependency
        except ImportError as missing:
            raise SeqreasonError(
                "to_pandas needs the package pandas: pip install pandas, or use to_polars"
            ) from missing
        return pd.DataFrame(self.rows())

    def by_arm(self) -> dict[str, list[CellResult]]:
        """The finished cells of each arm, in the order of the spec."""
        arms: dict[str, list[CellResult]] = {}
        for cell in self.cells:
            if cell.status == "finished":
                arms.setdefault(cell.arm, []).append(cell)
        return arms

    def evidence(self) -> "tuple[list[ArmEvidence], list[ContrastEvidence]]":
        """What is known of each arm that has finished cells, and of each contrast asked.

        Raises:
            DataError: two arms cannot be compared by the metric.
            StoreError: the answers that are kept of a cell cannot be read.
        """
        # Most results are looked at cell by cell, and statistics take a while to import.
        from seqreason.suites.evidence import (  # noqa: PLC0415
            arm_evidence,
            contrast_evidence,
        )

        arms = self.by_arm()
        known = [arm_evidence(cells, metric=self.question.metric) for cells in arms.values()]
        return known, contrast_evidence(self.question, arms)
