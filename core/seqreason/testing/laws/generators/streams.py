"""Laws of streams and indices: each example belongs to one stream and one index."""

from collections import Counter
from dataclasses import dataclass
from itertools import product
from math import ceil, log
from typing import Final, final

import numpy as np

from seqreason.structures.glyphs import Split
from seqreason.structures.sequences import Sequences
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.law import LawCheck
from seqreason.testing.laws.generators.case import (
    GeneratorCase,
    drawn,
    drawn_rows,
    made,
    rows_of,
    symbols_of,
)
from seqreason.testing.subject import Subject

_NUM_EXAMPLES: Final = 192
_FAR: Final = 2**32
# A run of examples that recurs with less than this probability is no coincidence.
_CHANCE: Final = 1e-15
_MOST_EQUAL: Final = 0.7


@final
@dataclass(frozen=True)
class _Run:
    """Consecutive sequences of one stream, from an index on."""

    stream: str
    first: int
    sequences: Sequences

    def place(self, start: int) -> str:
        """The place of one of them, in words."""
        return f"index {self.first + start}{self.stream}"


def example_independence(subject: Subject, case: GeneratorCase) -> None:
    """Example i is the same, byte for byte, alone, in any order and in any batch."""
    generator, stream, examples = made(subject, case), case.stream(), case.examples(case.count + 2)
    together = drawn_rows(generator, stream, examples)
    backwards = drawn_rows(generator, stream, examples[::-1])
    demand(backwards[::-1] == together, "some examples differ when drawn in reverse order")
    longer = drawn(generator, stream, np.concatenate([case.examples(40)[::-1], examples]))
    demand(rows_of(longer)[40:] == together, "some examples differ when drawn in a larger batch")
    for place, row in enumerate(together):
        (alone,) = drawn_rows(generator, stream, examples[place : place + 1])
        demand(alone == row, f"example {examples[place]} differs when drawn alone")


def example_distinctness(subject: Subject, case: GeneratorCase) -> None:
    """Different indices give different examples: no run of examples recurs at other indices."""
    generator, examples = made(subject, case), case.examples(_NUM_EXAMPLES)
    runs = [
        _Run("", case.first + far, drawn(generator, case.stream(), examples + far))
        for far in (0, _FAR)
    ]
    _check_no_run_recurs(runs)


def stream_distinctness(subject: Subject, case: GeneratorCase) -> None:
    """Streams of different seeds and splits share no run of examples at any indices."""
    generator, examples = made(subject, case), case.examples(_NUM_EXAMPLES)
    runs = []
    for step, split in product((0, 1), (Split.TRAIN, Split.TEST)):
        sequences = drawn(generator, case.stream(seed_step=step, split=split), examples)
        runs.append(_Run(f" of seed {case.seed + step}, {split.label}", case.first, sequences))
    _check_no_run_recurs(runs)


def _check_no_run_recurs(runs: list[_Run]) -> None:
    """Check that no run of symbols recurs; if most symbols are equal, no run of whole examples.

    Raises:
        BrokenLawError: a run recurs.
        NotApplicableError: most examples are equal, so that runs recur by chance.
    """
    for rows_of_each in (symbols_of, rows_of):
        rows = [rows_of_each(each.sequences) for each in runs]
        size = _run_length([row for of_one in rows for row in of_one])
        if size is None:
            continue
        places: dict[tuple[bytes, ...], str] = {}
        for each, of_one in zip(runs, rows, strict=True):
            for start in range(len(of_one) - size + 1):
                run, here = tuple(of_one[start : start + size]), each.place(start)
                if run in places:
                    message = f"a run of {size} examples occurs in two places"
                    raise BrokenLawError(f"{message}: {places[run]} and {here}")
                places[run] = here
        return
    raise NotApplicableError("nearly all examples are equal, so a repetition proves nothing")


def _run_length(rows: list[bytes]) -> int | None:
    """The length of a run that does not recur by chance; None if most examples are equal."""
    count = len(rows)
    pairs = sum(times * (times - 1) for times in Counter(rows).values())
    equal_share = max(pairs / (count * (count - 1)), 1 / count)
    return None if equal_share > _MOST_EQUAL else ceil(log(_CHANCE) / log(equal_share))


STREAM_LAWS: Final[dict[LawCheck, tuple[str, ...]]] = {
    example_independence: (),
    example_distinctness: (),
    stream_distinctness: ("example-distinctness",),
}
