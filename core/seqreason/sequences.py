"""Symbol sequences as a generator draws them, before any picture is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.shapes import check_axes

PADDING: Final = -1


@final
@dataclass(frozen=True)
class Sequences:
    """Symbol sequences, how each frame is shown, and the facts of the rule behind each.

    The symbol after the last shown one is the answer, so at every position the next symbol
    is the one beside it. What lies past the answer is `PADDING`.

    Shapes:
        symbols: (sequences, time + 1), int64, indices into the alphabet
        lengths: (sequences,), int64, how many symbols are shown, at least 1
        inverted: (sequences, time), bool, True where a frame is black ink on white
        facts: name → (sequences,), int64, what results are broken down by (`difference`, …)
    """

    symbols: NDArray[np.int64]
    lengths: NDArray[np.int64]
    inverted: NDArray[np.bool_]
    facts: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = check_axes(self.inverted, "sequences time", where="sequences: inverted")
        count, time = sizes["sequences"], sizes["time"]
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
        return np.arange(self.inverted.shape[1]) < self.lengths[:, None]


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
