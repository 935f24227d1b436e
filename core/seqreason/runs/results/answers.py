"""The stored answers of finished cells: which test items each answered correctly."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import StoreError
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import CellResult

# The parts of a spec that decide the test examples, besides the seed and a shifted test.
_OF_EXAMPLES: Final = ("source", "generator")


@final
@dataclass(frozen=True)
class Answers:
    """Whether each item was answered correctly.

    Shapes:
        is_right: (seeds, items), booleans
    """

    is_right: NDArray[np.bool_]


def answers_of(cells: Sequence[CellResult], metric: str) -> Answers | None:
    """The answers that *metric* counts, a seed a row; None if a cell has none of them.

    Raises:
        StoreError: the answers of a cell cannot be read.
    """
    test = metric.partition("/")[2] or "test"
    rows = [_is_right(Path(cell.folder), test) for cell in cells]
    known = [row for row in rows if row is not None and len(row)]
    if len(known) < len(rows) or len({len(row) for row in known}) != 1:
        return None
    return Answers(np.stack(known))


def are_paired(
    left: Sequence[CellResult], right: Sequence[CellResult], seeds: Sequence[int], *, metric: str
) -> bool:
    """Whether the two arms were measured on the same items at each of *seeds*.

    Example *i* is a function of source, generator, data, seed and *i*, so these must be equal.
    """
    test = metric.partition("/")[2]
    first, second = ({cell.seed: cell for cell in cells} for cells in (left, right))
    return all(_examples(first[seed], test) == _examples(second[seed], test) for seed in seeds)


def _examples(cell: CellResult, test: str) -> str:
    """All that the examples of a shifted *test*, or of the test split, depend on but the seed."""
    identity = CellFolder(Path(cell.folder)).identity()
    spec, plugins = identity["spec"], identity["plugins"]
    parts: dict[str, Any] = {part: spec[part] for part in _OF_EXAMPLES}
    parts["plugins"] = {
        name: plugin["version"]
        for name, plugin in plugins.items()
        if name.partition(" ")[0] in _OF_EXAMPLES
    }
    parts["examples"] = spec["evaluation"]["examples"]
    parts["shift"] = spec["evaluation"]["shifted"].get(test)
    return json.dumps([parts, identity["data"]], sort_keys=True)


def _is_right(folder: Path, test: str) -> NDArray[np.bool_] | None:
    """Whether each item of *test* was answered correctly, in the order of the items."""
    import polars as pl  # noqa: PLC0415 - slow to import

    path = CellFolder(folder).predictions
    if not path.exists():
        return None
    columns = ["test", "target", "prediction"]
    try:
        table = pl.read_parquet(path, columns=columns)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            f"{path}: cannot be read ({error}); delete {folder} to run the cell again"
        ) from error
    of_test = table.filter(pl.col("test") == test)
    is_right = (of_test["target"] == of_test["prediction"]).to_numpy()
    return np.asarray(is_right, dtype=np.bool_)
