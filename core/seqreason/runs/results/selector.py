"""Which finished cells a person means: by a run folder, by a digest, or by an arm of a spec."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from seqreason.errors import SpecError, StoreError, UnknownNameError
from seqreason.runs.execution.job import finished
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
    """Finds finished cells in a store; *overrides* are applied to the specs that are named."""

    def __init__(self, store: Store, context: RunContext, overrides: Sequence[str] = ()) -> None:
        self._store, self._context, self._overrides = store, context, overrides

    def cells(self, message: str) -> list[CellResult]:
        """The finished cells that *told* names, all of them under one name of an arm.

        It is a run folder, the beginning of a cell's digest (4 digits or more), a spec, or
        `SPEC:ARM` for one arm of a suite or an ablation.

        Raises:
            SpecError: nothing is called so, or more than one thing.
            StoreError: what it names has no finished cell.
        """
        folder = CellFolder(Path(message))
        if folder.is_finished:
            return [self._cell(folder)]
        if _DIGEST.fullmatch(message):
            found = self._of_digest(message)
            if found:
                return found
        return self._of_spec(message)

    def folder(self, message: str) -> CellFolder:
        """The run folder of the one finished cell that *told* names by its folder or digest.

        Raises:
            SpecError: no cell is meant, or more than one.
            StoreError: the cell is not finished.
        """
        if CellFolder(Path(message)).is_finished:
            return CellFolder(Path(message))
        found = self._of_digest(message) if _DIGEST.fullmatch(message) else []
        if found:
            return CellFolder(Path(found[0].folder))
        begun = [cell for cell in stored_cells(self._store) if not cell.is_finished]
        for cell in begun:
            is_meant = cell.folder.path.resolve() == Path(message).resolve()
            if is_meant or (_DIGEST.fullmatch(message) and cell.result.digest.startswith(message)):
                raise StoreError(
                    f"{message}: this cell is not finished ({cell.result.reason}); the command "
                    "that began it goes on from where it stopped"
                )
        raise SpecError(
            f"{message}: this is no run folder, and no finished cell of {self._store.root} has a "
            "digest that begins so; `seqreason results` lists them"
        )

    def _of_digest(self, message: str) -> list[CellResult]:
        folders = [
            folder
            for folder in self._store.folders()
            if folder.is_finished and digest_of(folder.identity()).startswith(message)
        ]
        if len(folders) > 1:
            raise SpecError(f"{message}: {len(folders)} cells begin so; give more of the digest")
        return [self._cell(folder) for folder in folders]

    def _cell(self, folder: CellFolder) -> CellResult:
        """A cell on its own, named by its benchmark and digest."""
        done = folder.result()
        assert done is not None
        done["arm"] = f"{done['benchmark']} {done['digest'][:_SHOWN]}"
        return CellResult(**done, folder=str(folder.path), is_reused=True)

    def _of_spec(self, message: str) -> list[CellResult]:
        spec, _, name = message.partition(":")
        try:
            plan = load_plan(spec, self._context.registry, overrides=self._overrides)
        except UnknownNameError as error:
            raise SpecError(
                f"{message}: this is no run folder, no cell of {self._store.root} has a digest "
                f"that begins so, and no spec is called so: {error}"
            ) from error
        arms = [arm for arm in plan.arms if name in ("", arm.name)]
        known = [arm.name for arm in plan.arms]
        if not arms:
            raise UnknownNameError(name, noun=f"arm of {spec}", known=known)
        if len(arms) > 1:
            raise SpecError(
                f"{message}: this has {len(arms)} arms; name one of them, such as "
                f"'{spec}:{known[0]}'"
            )
        results = [
            finished(planned.cell, planned.folder)
            for planned in plan_cells(arms, self._context, self._store)
            if planned.cell is not None and planned.folder is not None
        ]
        done = [result for result in results if result is not None]
        if not done:
            raise StoreError(
                f"{message}: none of its cells is finished in {self._store.root}; "
                f"run `seqreason run {spec}` with the same settings first"
            )
        return [replace(result, arm=message) for result in done]
