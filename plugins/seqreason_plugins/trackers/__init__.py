"""Trackers: `csv`."""

import seqreason
from seqreason.interfaces import Tracker
from seqreason_plugins.trackers.csv_file import CsvFile

__all__ = ["CsvFile", "seqreason_trackers"]


@seqreason.hookimpl
def seqreason_trackers() -> list[type[Tracker]]:
    """The built-in trackers."""
    return [CsvFile]
