"""Whether streams of different seeds and splits share more items than chance explains."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqreason.evaluation.audit.findings import CheckResult, passed, percent, skipped, violated
from seqreason.evaluation.audit.possible import widened
from seqreason.evaluation.audit.target import AuditTarget
from seqreason.statistics.chance import greatest_share, most_by_chance
from seqreason.structures.glyphs import Split

Integers = NDArray[np.int64]

_COMPARED: Final = 2000
_OFFSETS: Final = (-1, 0, 1)
_RISK: Final = 1e-6
# Prime, so that no round period of a generator falls on it.
_DISTANCE: Final = 997


class _Overlap(NamedTuple):
    """Two streams, and how many items of one equal the items *offset* places on in the other."""

    one: str
    other: str
    offset: int
    num_equal: int

    def summary(self) -> str:
        share = percent(self.num_equal / _COMPARED)
        if self.one == self.other:
            return f"{self.one} has {share} of its items twice in a row"
        order = {-1: "earlier", 0: "", 1: "later"}[self.offset]
        moved = f", which come one item {order} in the second" if order else ""
        return f"{self.one} and {self.other} share {share} of their items{moved}"


def streams_differ(target: AuditTarget) -> CheckResult:
    """Violated if two streams have more equal items at equal places than chance explains.

    Items are symbol sequences. Each pair of the streams of two seeds and three splits is compared,
    also with one stream moved by an item either way. This finds item seeds that are made as seed +
    index. Each stream is also compared with itself, moved by one item. The limit of equal items is
    the binomial quantile that chance exceeds once in a million audits.
    """
    # The next seed of an even one, the previous of an odd one: always a seed that exists.
    seeds = (target.seed, target.seed ^ 1)
    items = _items(target, seeds)
    overlaps = list(_overlaps(items))
    share = _chance(target, items)
    most = most_by_chance(_COMPARED, share, risk=_RISK / len(overlaps))
    if most >= _COMPARED:
        reason = "the generator draws too few different sequences to compare streams"
        return skipped(reason, chance=share)
    largest = max(overlaps, key=lambda overlap: overlap.num_equal)
    figures = {"chance": share, "most_by_chance": most, "most_equal": largest.num_equal}
    if largest.num_equal > most:
        return violated(
            f"{largest.summary()}; chance explains at most {percent(most / _COMPARED)}",
            streams=[largest.one, largest.other],
            offset=largest.offset,
            **figures,
        )
    return passed(
        f"no two of {len(items)} streams share more than {percent(largest.num_equal / _COMPARED)} "
        f"of {_COMPARED:,} items; chance explains up to {percent(most / _COMPARED)}",
        **figures,
    )


def _items(target: AuditTarget, seeds: tuple[int, int]) -> dict[str, Integers]:
    """The first symbol sequences of each stream, of one width; one more than is compared."""
    drawn = {
        f"{split.label} of seed {seed}": target.examples(split, seed=seed)
        .draw(np.arange(_COMPARED + 1))
        .sequences.symbols
        for seed in seeds
        for split in Split
    }
    width = max(symbols.shape[1] for symbols in drawn.values())
    return {name: widened(symbols, width) for name, symbols in drawn.items()}


def _overlaps(items: Mapping[str, Integers]) -> Iterator[_Overlap]:
    for one, other in combinations(items, 2):
        for offset in _OFFSETS:
            yield _Overlap(one, other, offset, _num_equal(items[one], items[other], offset))
    for name, symbols in items.items():
        yield _Overlap(name, name, 1, _num_equal(symbols, symbols, 1))


def _num_equal(one: Integers, other: Integers, offset: int) -> int:
    """How often item i of *one* is item i + offset of *other*."""
    begin = max(-offset, 0)
    ours = one[begin : begin + _COMPARED]
    theirs = other[begin + offset : begin + offset + _COMPARED]
    together = min(len(ours), len(theirs))
    return int((ours[:together] == theirs[:together]).all(axis=1).sum())


def _chance(target: AuditTarget, items: Mapping[str, Integers]) -> float:
    """The probability that two independent items are equal.

    It follows from the sequences that the generator declares. Without them it is an upper limit,
    estimated from items far apart in one stream.
    """
    if target.possible is not None:
        weights = target.possible.probabilities
        return float(min(((weights / weights.sum()) ** 2).sum(), 1.0))
    apart = [symbols[_DISTANCE:] == symbols[:-_DISTANCE] for symbols in items.values()]
    pairs = np.concatenate(apart)
    return greatest_share(int(pairs.all(axis=1).sum()), len(pairs), risk=_RISK)
