"""The cells in a store, with their results and the settings in which they differ."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, final

from seqreason.errors import SpecError, StoreError, UnknownNameError
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store
from seqreason.spec.digest import digest_of, flattened
from seqreason.spec.files import parse_yaml

_ABSENT: Final = object()
# The errors of reading a file with unexpected content.
_MALFORMED: Final = (AttributeError, KeyError, TypeError, ValueError)


@final
@dataclass(frozen=True)
class StoredCell:
    """One run folder of a store.

    Attributes:
        settings: the spec's settings by their dotted paths.
        result: its result; the `reason` says why a cell is not finished.
        is_trial: whether it is a trial of a search, without test accuracy.
        finished_at: in seconds since 1970; None if it is not finished.
    """

    folder: CellFolder
    identity: Mapping[str, Any]
    settings: Mapping[str, Any]
    result: CellResult
    is_trial: bool = False
    finished_at: float | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it has a result that can be read."""
        return self.result.status == "finished"

    @property
    def status(self) -> str:
        """One of finished, trial, computing, unfinished and damaged."""
        if self.is_finished:
            return "trial" if self.is_trial else "finished"
        return self.result.reason.partition(":")[0]


def stored_cells(store: Store) -> list[StoredCell]:
    """Every cell of *store*, damaged ones included, by benchmark, settings and seed."""
    cells = [stored_cell(folder) for folder in store.folders()]
    return sorted(
        cells,
        key=lambda cell: (
            cell.result.benchmark,
            sorted((path, _in_order(value)) for path, value in cell.settings.items()),
            cell.result.seed,
        ),
    )


def selected(
    cells: Sequence[StoredCell],
    *,
    benchmark: str | None = None,
    seeds: Sequence[int] = (),
    where: Mapping[str, Any] | None = None,
) -> list[StoredCell]:
    """Those of *cells* of the *benchmark*, with one of the *seeds* and the settings *where*.

    Raises:
        UnknownNameError: no cell has the benchmark, or such a setting.
    """
    if benchmark is not None:
        known = {cell.result.benchmark for cell in cells}
        if benchmark not in known:
            raise UnknownNameError(benchmark, noun="benchmark in the run folder", known=known)
        cells = [cell for cell in cells if cell.result.benchmark == benchmark]
    wanted = where or {}
    paths = {path for cell in cells for path in cell.settings}
    for path in wanted:
        if path not in paths:
            raise UnknownNameError(path, noun="setting of the cells", known=paths)
    return [
        cell
        for cell in cells
        if (not seeds or cell.result.seed in seeds)
        and all(_is(cell.settings.get(path, _ABSENT), value) for path, value in wanted.items())
    ]


def distinguishing(cells: Sequence[StoredCell]) -> list[dict[str, Any]]:
    """For each cell, the settings in which the cells of its benchmark differ."""
    differing = []
    for cell in cells:
        siblings = [other for other in cells if other.result.benchmark == cell.result.benchmark]
        differing.append(
            {path: value for path, value in cell.settings.items() if _varies(path, siblings)}
        )
    return differing


def _is(found: Any, wanted: Any) -> bool:
    """Whether a setting has the wanted value; `1e-3`, text in YAML, counts as a number."""
    if isinstance(found, float) and isinstance(wanted, str):
        try:
            return found == float(wanted)
        except ValueError:
            return False
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def _in_order(value: Any) -> tuple[float, str]:
    """A sort key with numbers first."""
    is_number = isinstance(value, int | float)
    return (float(value), "") if is_number else (math.inf, str(value))


def _varies(path: str, cells: Sequence[StoredCell]) -> bool:
    first = cells[0].settings.get(path, _ABSENT)
    return any(cell.settings.get(path, _ABSENT) != first for cell in cells[1:])


def stored_cell(folder: CellFolder) -> StoredCell:
    """The cell of *folder*, also if it is damaged."""
    try:
        identity = folder.identity()
        settings, seed = flattened(identity["spec"]), int(identity["seed"])
        benchmark = str(settings["benchmark"])
    except (StoreError, *_MALFORMED) as error:
        name = folder.path.parent.name
        damaged = CellResult("", name, name, -1, "failed", reason=f"damaged: {error}")
        return StoredCell(folder, {}, {}, replace(damaged, folder=str(folder.path)))
    unfinished = CellResult(
        digest_of(identity), benchmark, benchmark, seed, "failed", folder=str(folder.path)
    )
    at = None
    try:
        done = folder.result()
        if done is None:
            result = replace(unfinished, reason=_why(folder))
        else:
            result, at = _result(done, folder), folder.finished_at()
    except (StoreError, OSError, *_MALFORMED) as error:
        result = replace(unfinished, reason=f"damaged: {error}")
    return StoredCell(folder, identity, settings, result, "measured" in identity, at)


def _result(done: dict[str, Any], folder: CellFolder) -> CellResult:
    """A stored result, with its benchmark as the arm; fields of other versions are ignored."""
    known = {field.name for field in fields(CellResult)} - {"arm", "folder", "is_reused"}
    stored = {name: value for name, value in done.items() if name in known}
    result = CellResult(**stored, arm=done["benchmark"], folder=str(folder.path), is_reused=True)
    if not isinstance(result.metrics, Mapping) or result.status != "finished":
        raise ValueError(f"{folder.path}: its result.json is not that of a finished cell")
    return result


def _why(folder: CellFolder) -> str:
    if folder.is_locked():
        return "computing: another process computes it"
    failure = folder.failure()
    return f"unfinished: failed: {failure}" if failure else "unfinished: stopped"


def parsed_where(entries: Sequence[str]) -> dict[str, Any]:
    """The settings of `path=value` strings, with values read as YAML.

    Raises:
        SpecError: one has no `=`.
    """
    wanted = {}
    for each in entries:
        path, equals, value = each.partition("=")
        if not equals:
            raise SpecError(f"--where {each}: expected path=value, such as reasoner.cell=lstm")
        wanted[path] = parse_yaml(value, where=f"--where {each}")
    return wanted
