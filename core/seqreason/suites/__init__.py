"""Running specs: which cells there are, where they are kept, and what came out."""

from seqreason.suites.cell import Cell
from seqreason.suites.observer import NoObserver
from seqreason.suites.results import CellResult, Results
from seqreason.suites.running import Means, run, run_plan
from seqreason.suites.store import Store

__all__ = ["Cell", "CellResult", "Means", "NoObserver", "Results", "Store", "run", "run_plan"]
