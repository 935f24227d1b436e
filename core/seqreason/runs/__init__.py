"""Running specs: the cells of a plan, their storage, and their results."""

from seqreason.runs.execution.observer import NoObserver
from seqreason.runs.results.results import Results
from seqreason.runs.running import RunOptions, run, run_plan
from seqreason.runs.store.cell import Cell
from seqreason.runs.store.cell_result import CellResult
from seqreason.runs.store.store import Store

__all__ = ["Cell", "CellResult", "NoObserver", "Results", "RunOptions", "Store", "run", "run_plan"]
