"""Writes what is measured in training to a CSV file in the cell's run folder."""

import csv
from collections.abc import Mapping
from typing import final

from seqreason import PluginConfig, Tracker, TrackerContext


@final
class CsvFile(Tracker):
    """Appends rows of step, metric, value to `measured.csv`.

    A long table rather than a wide one: metrics that are measured at different steps need no
    empty columns, and a resumed cell goes on where it is.
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
        """One row a metric."""
        self._writer.writerows([step, name, value] for name, value in metrics.items())

    def close(self) -> None:
        """Flush and close the file."""
        self._file.close()
