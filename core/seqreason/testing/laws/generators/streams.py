"""Laws of what a generator draws from which stream and index: one example, one place."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log
from typing import Final, final

import numpy as np

from seqreason.structures.glyphs import Split
from seqreason.structures.sequences import Sequences
from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
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
# A run of examples that recurs by chance with less than this is no chance.
_CHANCE: Final = 1e-15
_MOST_ALIKE: Final = 0.7


@final
@dataclass(frozen=True)
class _Shown:
    """Sequences in a row of one stream, from an index on."""

    stream: str
    first: int
    sequences: Sequences

    def place(self, start: int) -> str:
        """What the place of one of them is called."""
        return f"index {self.first + start}{self.stream}"


def example_independence(subject: Subject, case: GeneratorCase) -> None:
    """Example i is the same bytes drawn alone, in any order and in any batch."""
    generator, stream, examples = made(subject, case), case.stream(), case.examples(case.count + 2)
    together = drawn_rows(generator, stream, examples)
    backwards = drawn_rows(generator, stream, examples[::-1])
    demand(backwards[::-1] == together, "in the opposite order some come out otherwise")
    longer = drawn(generator, stream, np.concatenate([case.examples(40)[::-1], examples]))
    demand(rows_of(longer)[40:] == together, "in a larger batch some come out otherwise")
    for place, row in enumerate(together):
        (alone,) = drawn_rows(generator, stream, examples[place : place + 1])
        demand(alone == row, f"example {examples[place]} comes out otherwise when drawn alone")


def example_distinctness(subject: Subject, case: GeneratorCase) -> None:
    """Other indices give other examples, however far they are apart: no run of them recurs."""
    generator, examples = made(subject, case), case.examples(_NUM_EXAMPLES)
    _check_no_run_recurs(
        [
            _Shown("", case.first + far, drawn(generator, case.stream(), examples + far))
            for far in (0, _FAR)
        ]
    )


def stream_distinctness(subject: Subject, case: GeneratorCase) -> None:
    """Streams of other seeds and splits share no run of examples, at whatever indices."""
    generator, examples = made(subject, case), case.examples(_NUM_EXAMPLES)
    _check_no_run_recurs(
        [
            _Shown(
                f" of seed {case.seed + step}, {split.label}",
                case.first,
                drawn(generator, case.stream(seed_step=step, split=split), examples),
            )
            for step in (0, 1)
            for split in (Split.TRAIN, Split.TEST)
        ]
    )


def _check_no_run_recurs(shown: list[_Shown]) -> None:
    """Nothing, where no run of symbols recurs; where symbols tell nothing, none of what is shown.

    Raises:
        BrokenLawError: one does.
        NotApplicableError: most examples are alike, so that runs tell nothing.
    """
    for rows_of_each in (symbols_of, rows_of):
        rows = [rows_of_each(each.sequences) for each in shown]
        size = _telling_run([row for of_one in rows for row in of_one])
        if size is None:
            continue
        places: dict[tuple[bytes, ...], str] = {}
        for each, of_one in zip(shown, rows, strict=True):
            for start in range(len(of_one) - size + 1):
                run, here = tuple(of_one[start : start + size]), each.place(start)
                if run in places:
                    message = f"{size} examples in a row are those of another place"
                    raise BrokenLawError(f"{message}: {places[run]}, and {here}")
                places[run] = here
        return
    raise NotApplicableError("nearly all examples are alike, so that nothing tells them apart")


def _telling_run(rows: list[bytes]) -> int | None:
    """How many in a row do not recur by chance, by how often two are alike; None: most are."""
    count = len(rows)
    pairs = sum(times * (times - 1) for times in Counter(rows).values())
    alike = max(pairs / (count * (count - 1)), 1 / count)
    return None if alike > _MOST_ALIKE else ceil(log(_CHANCE) / log(alike))


STREAM_LAWS: Final[dict[Callable[[Subject, GeneratorCase], None], tuple[str, ...]]] = {
    example_independence: (),
    example_distinctness: (),
    stream_distinctness: ("example-distinctness",),
}
