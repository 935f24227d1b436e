"""Symbol sequences as a generator draws them, before glyphs are chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.structures.appearance import Appearance
from seqreason.structures.axes import check_axes

PADDING: Final = -1

Facts = Mapping[str, NDArray[Any]]


@final
@dataclass(frozen=True)
class Sequences:
    """Symbol sequences, how each frame is shown, and facts about the rule of each.

    The symbol after the last shown one is the answer. So at every position, the next symbol is the
    one to its right. Everything after the answer is `PADDING`.

    Shapes:
        symbols: (sequences, time + 1), int64, indices into the alphabet
        lengths: (sequences,), int64, the number of symbols that are shown, at least 1
        appearance: its arrays begin with (sequences, time)
        facts: name → (sequences,), whole numbers or words; results are broken down by them

    Raises:
        ShapeError: the arrays do not fit together.
    """

    symbols: NDArray[np.int64]
    lengths: NDArray[np.int64]
    appearance: Appearance
    facts: Facts = field(default_factory=dict)

    def __post_init__(self) -> None:
        axes = check_axes(self.appearance.inverted, "sequences time", where="sequences: appearance")
        count, time = axes["sequences"], axes["time"]
        check_axes(
            self.symbols, f"sequences {time + 1}", where="sequences: symbols", sequences=count
        )
        check_axes(self.lengths, "sequences", where="sequences: lengths", sequences=count)
        for name, values in self.facts.items():
            check_axes(values, "sequences", where=f"sequences: fact {name}", sequences=count)

    @property
    def answers(self) -> NDArray[np.int64]:
        """The symbol after the last shown one, shape (sequences,)."""
        return np.take_along_axis(self.symbols, self.lengths[:, None], axis=1)[:, 0]

    @property
    def is_shown(self) -> NDArray[np.bool_]:
        """True where a frame is part of its sequence, shape (sequences, time)."""
        return np.arange(self.symbols.shape[1] - 1) < self.lengths[:, None]


@final
@dataclass(frozen=True)
class Hypotheses:
    """Every sequence of one length that a generator can draw, with its probability.

    Shapes:
        symbols: (hypotheses, length + 1), int64, the shown symbols and then the answer
        probabilities: (hypotheses,), float64, sum 1

    Raises:
        ShapeError: the arrays do not fit together.
    """

    symbols: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def __post_init__(self) -> None:
        count = check_axes(self.symbols, "hypotheses time", where="hypotheses")["hypotheses"]
        check_axes(self.probabilities, "hypotheses", where="hypotheses", hypotheses=count)


@final
@dataclass(frozen=True)
class RuleTable:
    """Every rule of a generator at one length, each with all sequences that follow it.

    A rule is drawn by its probability, then one of its sequences with equal probability. Rows are
    grouped by rule, in the order of the rules.

    Worked example: differences 1 and 2 at length 2 in an alphabet of 4. The first rule has 2
    sequences. The second has none, so it is left out: `symbols` is [[0, 1, 2], [1, 2, 3]] and
    `counts` is [2].

    Shapes:
        symbols: (rows, length + 1), int64, the shown symbols and then the answer
        counts: (rules,), int64, the number of rows of each rule, at least 1
        probabilities: (rules,), float64, sum 1
        facts: name → (rules,), whole numbers or words

    Raises:
        ShapeError: the arrays do not fit together.
    """

    symbols: NDArray[np.int64]
    counts: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    facts: Facts = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = int(self.counts.sum())
        rules = check_axes(self.counts, "rules", where="rule table: counts")["rules"]
        check_axes(self.symbols, f"{rows} time", where="rule table: symbols")
        for name, values in {"probabilities": self.probabilities, **self.facts}.items():
            check_axes(values, "rules", where=f"rule table: {name}", rules=rules)

    @classmethod
    def uniform(
        cls, rows: Sequence[NDArray[np.int64]], facts: Mapping[str, Sequence[Any]]
    ) -> "RuleTable":
        """The table of equally probable rules; those without a sequence are left out.

        Shapes:
            rows: for each rule (sequences, length + 1), int64
            facts: name → one value for each rule
        """
        there = [place for place, of_rule in enumerate(rows) if len(of_rule)]
        return cls(
            np.concatenate([rows[place] for place in there]),
            np.array([len(rows[place]) for place in there], dtype=np.int64),
            np.full(len(there), 1 / len(there)),
            {name: np.array([values[place] for place in there]) for name, values in facts.items()},
        )

    def hypotheses(self) -> Hypotheses:
        """The table's sequences with the probability of each."""
        return Hypotheses(self.symbols, np.repeat(self.probabilities / self.counts, self.counts))
