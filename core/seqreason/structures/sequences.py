"""Symbol sequences as a generator draws them, before any picture is chosen."""

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
    """Symbol sequences, how each frame is shown, and the facts of the rule behind each.

    The symbol after the last shown one is the answer, so at every position the next symbol
    is the one beside it. What lies past the answer is `PADDING`.

    Shapes:
        symbols: (sequences, time + 1), int64, indices into the alphabet
        lengths: (sequences,), int64, how many symbols are shown, at least 1
        appearance: its arrays begin with (sequences, time)
        facts: name → (sequences,), whole numbers or words, what results are broken down by
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
        """The symbol that comes after the last shown one, shape (sequences,)."""
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

    A rule is drawn by its probability, then one of its sequences, all alike. The sequences of one
    rule stand together, the rules in their order.

    Worked example: differences 1 and 2 at length 2 in an alphabet of 4 are two rules of 2 and of
    0 sequences; a rule without a sequence has no place here, so `symbols` is
    [[0, 1, 2], [1, 2, 3]] and `counts` is [2].

    Shapes:
        symbols: (rows, length + 1), int64, the shown symbols and then the answer
        counts: (rules,), int64, how many rows each rule has, at least 1
        probabilities: (rules,), float64, sum 1
        facts: name → (rules,), whole numbers or words
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
        """The table of rules that are equally probable, from the sequences of each.

        *facts* has an entry a rule; rules without a sequence are left out.
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
