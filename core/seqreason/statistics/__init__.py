"""Statistics of a benchmark: how sure a result is, and whether two arms differ.

A model is trained at several seeds. At each seed it is tested on items of that seed's own draw,
the same in every arm. So there are two sources of uncertainty: another training has another result
(seeds), and other items have other answers (items).

| question | answer | covers |
|---|---|---|
| how accurate is this one model? | `wilson` | items |
| how accurate is this recipe? | `two_level`; `student` for any metric | seeds and items |
| do these two models differ? | `mcnemar` | items |
| do these two recipes differ? | `paired_difference` | seeds and items |
| … in a metric other than accuracy? | `paired_mean_difference` | seeds and items |
| … that have no seed or item in common? | `unpaired_difference` | seeds and items |
| which of several differences hold? | `holm` of their p values | the same as they |
| what difference can be found? | `detectable_difference`, `minimum_detectable_difference` | both |
| how good is it over many tasks? | `interquartile_mean`, `interquartile_mean_interval` | both |
"""

from seqreason.statistics.aggregates import interquartile_mean, interquartile_mean_interval
from seqreason.statistics.corrections import holm
from seqreason.statistics.intervals import Interval, student, wilson
from seqreason.statistics.paired import (
    McNemar,
    PairedDifference,
    PairedMeanDifference,
    mcnemar,
    paired_difference,
    paired_mean_difference,
)
from seqreason.statistics.power import detectable_difference, minimum_detectable_difference
from seqreason.statistics.two_level import TwoLevelAccuracy, two_level
from seqreason.statistics.unpaired import UnpairedDifference, unpaired_difference

__all__ = [
    "Interval",
    "McNemar",
    "PairedDifference",
    "PairedMeanDifference",
    "TwoLevelAccuracy",
    "UnpairedDifference",
    "detectable_difference",
    "holm",
    "interquartile_mean",
    "interquartile_mean_interval",
    "mcnemar",
    "minimum_detectable_difference",
    "paired_difference",
    "paired_mean_difference",
    "student",
    "two_level",
    "unpaired_difference",
    "wilson",
]
