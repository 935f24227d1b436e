"""The evidence of a run: the metric of each arm and each contrast, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, final, get_args

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import DataError
from seqreason.randomness import Stream
from seqreason.runs.results.answers import answers_of, are_paired
from seqreason.runs.store.cell_result import CellResult, mean_of
from seqreason.spec import Contrast, Question
from seqreason.spec.metrics import is_of_right_answers, metric_of
from seqreason.statistics import (
    Interval,
    PairedDifference,
    UnpairedDifference,
    holm,
    minimum_detectable_difference,
    paired_difference,
    paired_mean_difference,
    student,
    two_level,
    unpaired_difference,
    wilson,
)

SIGNIFICANCE: Final = 0.05
_POWER: Final = 0.8

Conclusion = Literal["better", "worse", "equivalent", "inconclusive"]
ClaimVerdict = Literal["supported", "not supported", "inconclusive at this size"]
CLAIM_VERDICTS: Final[tuple[ClaimVerdict, ...]] = get_args(ClaimVerdict)


@final
@dataclass(frozen=True)
class ArmEvidence:
    """The evidence on one arm.

    Attributes:
        estimate: the metric's mean over seeds, with its interval; None for a single seed if the
            metric is not a share of items.
        covers: what the interval covers: `seeds and items`, `seeds`, `items`, or nothing.
        means: the mean over seeds of every metric.
    """

    arm: str
    seeds: tuple[int, ...]
    estimate: Interval | None
    covers: str
    means: Mapping[str, float | None]


@final
@dataclass(frozen=True)
class ContrastEvidence:
    """The evidence on the difference of two arms, *arm* minus *against*.

    Attributes:
        p_value, corrected_p: under no difference; corrected by Holm over all contrasts of the run.
        is_paired: whether both arms have the same seeds and the same test items.
        covers: what interval and p value cover: `seeds and items`, `seeds`, or `items`.
        by_seed: the difference at each seed; empty if the arms are not paired.
        detectable: the true difference that would be found with 80 % power, at the significance
            of Holm's first step; None for a single seed.
        finding: whether *arm* is better, worse, or closer than the smallest difference that
            matters.
    """

    contrast: Contrast
    difference: Interval
    p_value: float
    corrected_p: float
    is_paired: bool
    covers: str
    by_seed: tuple[float, ...]
    detectable: float | None
    finding: Conclusion

    @property
    def verdict(self) -> ClaimVerdict:
        """The verdict on the claim that *arm* is better."""
        if self.finding == "inconclusive":
            return "inconclusive at this size"
        return "supported" if self.finding == "better" else "not supported"


def arm_evidence(cells: Sequence[CellResult], *, metric: str) -> ArmEvidence:
    """The evidence of the finished cells of one arm.

    Raises:
        StoreError: the stored answers of a cell cannot be read.
    """
    names = dict.fromkeys(name for cell in cells for name in cell.metrics)
    means = {name: mean_of(cells, name) for name in names}
    seeds = tuple(cell.seed for cell in cells)
    values = [cell.metrics.get(metric) for cell in cells]
    estimate, covers = None, ""
    answers = answers_of(cells, metric) if is_of_right_answers(metric) else None
    if answers is not None and len(cells) > 1:
        stream = Stream.of(0, "evidence", cells[0].arm)
        estimate, covers = two_level(answers.is_right, stream=stream).interval, "seeds and items"
    elif answers is not None:
        right = answers.is_right
        estimate, covers = wilson(int(right.sum()), right.size), "items"
    elif len(cells) > 1 and None not in values:
        estimate, covers = student([float(value or 0.0) for value in values]), "seeds"
    return ArmEvidence(cells[0].arm, seeds, estimate, covers, means)


def contrast_evidence(
    question: Question, cells: Mapping[str, Sequence[CellResult]]
) -> list[ContrastEvidence]:
    """The evidence on each contrast whose arms both have finished *cells*.

    Raises:
        DataError: two arms cannot be compared by the metric.
        StoreError: the stored answers of a cell cannot be read.
    """
    asked = [
        contrast
        for contrast in question.contrasts
        if cells.get(contrast.arm) and cells.get(contrast.against)
    ]
    raw = [
        _difference(contrast, question.metric, cells[contrast.arm], cells[contrast.against])
        for contrast in asked
    ]
    if not raw:
        return []
    corrected = holm([each.p_value for each in raw])
    return [
        _corrected(each, float(p), question, num_contrasts=len(raw))
        for each, p in zip(raw, corrected, strict=True)
    ]


@final
@dataclass(frozen=True)
class _Raw:
    """A difference before the correction over all contrasts."""

    contrast: Contrast
    difference: Interval
    p_value: float
    covers: str
    by_seed: tuple[float, ...]


def _difference(
    contrast: Contrast, metric: str, left: Sequence[CellResult], right: Sequence[CellResult]
) -> _Raw:
    """The difference of two arms, paired by seed if they have seeds in common."""
    common = sorted({cell.seed for cell in left} & {cell.seed for cell in right})
    is_paired = bool(common) and are_paired(left, right, common, metric=metric)
    if is_paired:
        left, right = _at(left, common), _at(right, common)
    first, second = (
        answers_of(cells, metric) if is_of_right_answers(metric) else None
        for cells in (left, right)
    )
    if first is not None and second is not None:
        found: PairedDifference | UnpairedDifference = (
            paired_difference(first.is_right, second.is_right)
            if is_paired
            else unpaired_difference(first.is_right, second.is_right)
        )
        by_seed = found.by_seed if isinstance(found, PairedDifference) else ()
        covers = "seeds and items" if found.covers_seeds else "items"
        return _Raw(contrast, found.interval, found.p_value, covers, by_seed)
    if not is_paired:
        raise DataError(
            f"{contrast.arm} and {contrast.against} have neither seeds in common nor answers to "
            f"single items, so {metric} cannot be compared; run both at the same seeds"
        )
    apart = paired_mean_difference(_values(left, metric), _values(right, metric))
    return _Raw(contrast, apart.interval, apart.p_value, "seeds", apart.by_seed)


def _corrected(
    raw: _Raw, corrected_p: float, question: Question, *, num_contrasts: int
) -> ContrastEvidence:
    detectable = None
    if len(raw.by_seed) > 1:
        detectable = minimum_detectable_difference(
            raw.by_seed, power=_POWER, significance=SIGNIFICANCE / num_contrasts
        )
    return ContrastEvidence(
        **vars(raw),
        corrected_p=corrected_p,
        is_paired=bool(raw.by_seed),
        detectable=detectable,
        finding=_finding(raw.difference, corrected_p, question),
    )


def _finding(difference: Interval, corrected_p: float, question: Question) -> Conclusion:
    if corrected_p <= SIGNIFICANCE:
        is_higher = difference.estimate > 0
        return "better" if is_higher == (metric_of(question.metric).better == "higher") else "worse"
    matters = question.smallest_difference
    if matters is not None and -matters < difference.low and difference.high < matters:
        return "equivalent"
    return "inconclusive"


def _at(cells: Sequence[CellResult], seeds: Sequence[int]) -> list[CellResult]:
    by_seed = {cell.seed: cell for cell in cells}
    return [by_seed[seed] for seed in seeds]


def _values(cells: Sequence[CellResult], metric: str) -> NDArray[np.float64]:
    values = [cell.metrics.get(metric) for cell in cells]
    if None in values:
        raise DataError(f"{cells[0].arm}: not every cell has the metric {metric}")
    return np.array(values, dtype=np.float64)
