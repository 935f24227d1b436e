"""The evidence of a run: each arm's accuracy, and each contrast, with all that is uncertain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, final, get_args

import numpy as np
from numpy.typing import NDArray

from seqreason.errors import DataError
from seqreason.randomness import Stream
from seqreason.runs.results.answers import Answers, answers_of, are_paired
from seqreason.runs.store.cell_result import CellResult, mean_of
from seqreason.spec import Contrast, Question
from seqreason.spec.metrics import is_per_item, metric_of
from seqreason.statistics import (
    Interval,
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
    """What is known of one arm.

    Attributes:
        estimate: the metric's mean over seeds, with its interval; None where one seed shows no
            spread and the metric is no share of items.
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
    """What is known of the difference of two arms: that of *arm* minus that of *against*.

    Attributes:
        p_value, corrected_p: of no difference; corrected by Holm over all contrasts of the run.
        is_paired: whether both arms have the same seeds and the same test items.
        covers: what interval and p value cover: `seeds and items`, `seeds`, or `items`.
        by_seed: the difference at each seed; empty where the arms are not paired.
        detectable: the true difference that would have been seen with a probability of 80 %, at
            the significance that Holm asks of the first of all contrasts; None of a single seed.
        finding: whether *arm* is shown to be better or worse, or less apart than would matter.
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
        """What that means for the claim that *arm* is better."""
        if self.finding == "inconclusive":
            return "inconclusive at this size"
        return "supported" if self.finding == "better" else "not supported"


def arm_evidence(cells: Sequence[CellResult], *, metric: str) -> ArmEvidence:
    """What the finished cells of one arm show.

    Raises:
        StoreError: the answers that are kept of a cell cannot be read.
    """
    means = {name: mean_of(cells, name) for name in dict.fromkeys(_names(cells))}
    seeds = tuple(cell.seed for cell in cells)
    values = [cell.metrics.get(metric) for cell in cells]
    estimate, covers = None, ""
    answers = answers_of(cells, metric) if is_per_item(metric) else None
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
    """What the finished *cells* of each arm show of the contrasts that have some in both arms.

    Raises:
        DataError: two arms cannot be compared by the metric.
        StoreError: the answers that are kept of a cell cannot be read.
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
    corrected = holm([found.p_value for found in raw])
    return [
        _told(found, float(p), question, num_contrasts=len(raw))
        for found, p in zip(raw, corrected, strict=True)
    ]


@final
@dataclass(frozen=True)
class _Raw:
    """A difference before it is seen beside the others."""

    contrast: Contrast
    difference: Interval
    p_value: float
    covers: str
    by_seed: tuple[float, ...] = ()


def _difference(
    contrast: Contrast, metric: str, left: Sequence[CellResult], right: Sequence[CellResult]
) -> _Raw:
    """The difference of two arms, paired by seed where they have seeds in common."""
    common = sorted({cell.seed for cell in left} & {cell.seed for cell in right})
    if common and are_paired(left, right, common, metric=metric):
        return _paired(contrast, metric, _at(left, common), _at(right, common))
    return _unpaired(contrast, metric, left, right)


def _paired(
    contrast: Contrast, metric: str, left: Sequence[CellResult], right: Sequence[CellResult]
) -> _Raw:
    first, second = _answers(left, right, metric)
    if first is not None and second is not None:
        found = paired_difference(first.is_right, second.is_right)
        covers = "seeds and items" if found.covers_seeds else "items"
        return _Raw(contrast, found.interval, found.p_value, covers, found.by_seed)
    apart = paired_mean_difference(_values(left, metric), _values(right, metric))
    return _Raw(contrast, apart.interval, apart.p_value, "seeds", apart.by_seed)


def _unpaired(
    contrast: Contrast, metric: str, left: Sequence[CellResult], right: Sequence[CellResult]
) -> _Raw:
    first, second = _answers(left, right, metric)
    if first is None or second is None:
        raise DataError(
            f"{contrast.arm} and {contrast.against} have neither seeds in common nor the answers "
            f"to single items, so {metric} cannot be compared; run both at the same seeds"
        )
    found = unpaired_difference(first.is_right, second.is_right)
    covers = "seeds and items" if found.covers_seeds else "items"
    return _Raw(contrast, found.interval, found.p_value, covers)


def _told(
    raw: _Raw, corrected_p: float, question: Question, *, num_contrasts: int
) -> ContrastEvidence:
    detectable = None
    if len(raw.by_seed) > 1:
        detectable = minimum_detectable_difference(
            raw.by_seed, power=_POWER, significance=SIGNIFICANCE / num_contrasts
        )
    return ContrastEvidence(
        raw.contrast,
        raw.difference,
        raw.p_value,
        corrected_p,
        bool(raw.by_seed),
        raw.covers,
        raw.by_seed,
        detectable,
        _finding(raw.difference, corrected_p, question),
    )


def _finding(difference: Interval, corrected_p: float, question: Question) -> Conclusion:
    if corrected_p <= SIGNIFICANCE:
        is_higher = difference.estimate > 0
        return "better" if is_higher == (metric_of(question.metric).better == "higher") else "worse"
    matters = question.smallest_difference
    if matters is not None and -matters < difference.low and difference.high < matters:
        return "equivalent"
    return "inconclusive"


def _answers(
    left: Sequence[CellResult], right: Sequence[CellResult], metric: str
) -> tuple[Answers | None, Answers | None]:
    if not is_per_item(metric):
        return None, None
    return answers_of(left, metric), answers_of(right, metric)


def _at(cells: Sequence[CellResult], seeds: Sequence[int]) -> list[CellResult]:
    by_seed = {cell.seed: cell for cell in cells}
    return [by_seed[seed] for seed in seeds]


def _values(cells: Sequence[CellResult], metric: str) -> NDArray[np.float64]:
    values = [cell.metrics.get(metric) for cell in cells]
    if None in values:
        raise DataError(f"{cells[0].arm}: not every cell has the metric {metric}")
    return np.array(values, dtype=np.float64)


def _names(cells: Sequence[CellResult]) -> list[str]:
    return [name for cell in cells for name in cell.metrics]
