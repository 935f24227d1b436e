"""The results of a run: one record a cell, for JSON and data frames."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from seqreason.errors import SeqreasonError
from seqreason.runs.search.search_result import SearchResult
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store
from seqreason.runs.store.stored_cells import stored_cells
from seqreason.spec import Question

if TYPE_CHECKING:
    import polars as pl

    from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence


@final
@dataclass(frozen=True)
class Results:
    """The results of all cells of a run in the order of the spec, with the question of the spec."""

    cells: tuple[CellResult, ...]
    question: Question = field(default_factory=Question)
    searches: tuple[SearchResult, ...] = ()

    def __iter__(self) -> Iterator[CellResult]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def all_finished(self) -> bool:
        """Whether there is at least one cell, and all are finished."""
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
        """One flat mapping a cell, with a column for each metric."""
        names = ("benchmark", "arm", "seed", "status", "seconds", "digest")
        return [
            {**{name: getattr(cell, name) for name in names}, **cell.metrics} for cell in self.cells
        ]

    def to_polars(self) -> "pl.DataFrame":
        """`rows` as a data frame; a metric that a cell lacks is null."""
        import polars as pl  # noqa: PLC0415 - slow to import

        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def to_pandas(self) -> Any:
        """`rows` as a pandas data frame.

        Raises:
            SeqreasonError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - not a dependency
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
        """The evidence on each arm with finished cells, and on each contrast of the question.

        Raises:
            DataError: two arms cannot be compared by the metric.
            StoreError: the stored answers of a cell cannot be read.
        """
        # Most users only read the cells, and statistics take a while to import.
        from seqreason.runs.results.evidence import arm_evidence, contrast_evidence  # noqa: PLC0415

        arms = self.by_arm()
        evidence = [arm_evidence(cells, metric=self.question.metric) for cells in arms.values()]
        return evidence, contrast_evidence(self.question, arms)


def stored_results(runs: str | Path = "runs") -> Results:
    """The finished cells of a run folder, without the trials of searches.

    Raises:
        StoreError: this version does not know the folder's format.
    """
    cells = stored_cells(Store(Path(runs)))
    return Results(tuple(cell.result for cell in cells if cell.is_finished and not cell.is_trial))
