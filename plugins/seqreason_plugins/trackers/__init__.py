"""The built-in trackers: `csv`, `mlflow` and `tensorboard`."""

import seqreason
from seqreason_plugins.trackers.csv_file import CsvFile
from seqreason_plugins.trackers.mlflow_runs import MLflow
from seqreason_plugins.trackers.tensorboard_events import TensorBoard

__all__ = ["CsvFile", "MLflow", "TensorBoard", "seqreason_trackers"]


@seqreason.hookimpl
def seqreason_trackers() -> list[type[seqreason.Tracker]]:
    """The built-in trackers."""
    return [CsvFile, MLflow, TensorBoard]
