"""Writes the metrics of training to a CSV file in the run folder of the cell."""

import csv
from collections.abc import Mapping
from typing import final

from seqreason import PluginConfig, Tracker, TrackerContext


@final
class CsvFile(Tracker):
    """Appends rows of step, metric, value to `measured.csv`.

    The table is long, not wide: metrics of different steps leave no empty columns, and a resumed
    cell appends to the file.
    """

    name = "csv"

    def __init__(self, config: PluginConfig, context: TrackerContext) -> None:
        path = context.cell_folder / "measured.csv"
        is_new = not path.exists()
        self._file = path.open("a", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        if is_new:
            self._writer.writerow(["step", "metric", "value"])

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Append one row for each metric."""
        self._writer.writerows([step, name, value] for name, value in metrics.items())

    def close(self) -> None:
        """Flush and close the file."""
        self._file.close()
