"""Selecting finished cells by a run folder, a digest, or an arm of a spec."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from seqreason.errors import SpecError, StoreError, UnknownNameError
from seqreason.runs.execution.planned_cells import plan_cells
from seqreason.runs.execution.run_context import RunContext
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store
from seqreason.runs.store.stored_cells import stored_cells
from seqreason.spec import load_plan
from seqreason.spec.digest import digest_of

_DIGEST: Final = re.compile(r"[0-9a-f]{4,32}")
_SHOWN: Final = 12


@final
class Selector:
    """Finds finished cells in a store; *overrides* apply to selected specs."""

    def __init__(self, store: Store, context: RunContext, overrides: Sequence[str] = ()) -> None:
        self._store, self._context, self._overrides = store, context, overrides

    def cells(self, name: str) -> list[CellResult]:
        """The finished cells that *name* selects, with one name of an arm.

        The name is a run folder, the beginning of a cell's digest (4 digits or more), a spec, or
        `SPEC:ARM` for one arm of a suite or an ablation.

        Raises:
            SpecError: the name selects nothing, or more than one arm or cell.
            StoreError: the selected arm has no finished cell.
        """
        folder = CellFolder(Path(name))
        if folder.is_finished:
            return [self._cell(folder)]
        return self._of_digest(name) or self._of_spec(name)

    def folder(self, name: str) -> CellFolder:
        """The run folder of the finished cell that *name*, a folder or digest, selects.

        Raises:
            SpecError: the name selects no cell, or several.
            StoreError: the cell is not finished.
        """
        if CellFolder(Path(name)).is_finished:
            return CellFolder(Path(name))
        finished_cells = self._of_digest(name)
        if finished_cells:
            return CellFolder(Path(finished_cells[0].folder))
        begun = [cell for cell in stored_cells(self._store) if not cell.is_finished]
        for cell in begun:
            is_selected = cell.folder.path.resolve() == Path(name).resolve()
            if is_selected or (_DIGEST.fullmatch(name) and cell.result.digest.startswith(name)):
                raise StoreError(
                    f"{name}: this cell is not finished ({cell.result.reason}); run the command "
                    "that began it again to resume it"
                )
        raise SpecError(
            f"{name}: not a run folder, and no finished cell of {self._store.root} has a digest "
            "that begins with it; `seqreason results` lists the cells"
        )

    def _of_digest(self, name: str) -> list[CellResult]:
        if not _DIGEST.fullmatch(name):
            return []
        folders = [
            folder
            for folder in self._store.folders()
            if folder.is_finished and digest_of(folder.identity()).startswith(name)
        ]
        if len(folders) > 1:
            raise SpecError(
                f"{name}: {len(folders)} cells have a digest that begins with it; give more digits"
            )
        return [self._cell(folder) for folder in folders]

    def _cell(self, folder: CellFolder) -> CellResult:
        """A single cell, named by its benchmark and digest."""
        result = folder.result()
        assert result is not None
        result["arm"] = f"{result['benchmark']} {result['digest'][:_SHOWN]}"
        return CellResult(**result, folder=str(folder.path), is_reused=True)

    def _of_spec(self, name: str) -> list[CellResult]:
        spec, _, arm_name = name.partition(":")
        try:
            plan = load_plan(spec, self._context.registry, overrides=self._overrides)
        except UnknownNameError as error:
            raise SpecError(
                f"{name}: not a run folder, a digest of a cell of {self._store.root}, or a spec: "
                f"{error}"
            ) from error
        arms = [arm for arm in plan.arms if arm_name in ("", arm.name)]
        known = [arm.name for arm in plan.arms]
        if not arms:
            raise UnknownNameError(arm_name, noun=f"arm of {spec}", known=known)
        if len(arms) > 1:
            raise SpecError(
                f"{name}: it has {len(arms)} arms; select one of them, such as '{spec}:{known[0]}'"
            )
        results = [planned.result() for planned in plan_cells(arms, self._context, self._store)]
        done = [result for result in results if result and result.status == "finished"]
        if not done:
            raise StoreError(
                f"{name}: none of its cells is finished in {self._store.root}; "
                f"run `seqreason run {spec}` with the same settings first"
            )
        return [replace(result, arm=name) for result in done]
