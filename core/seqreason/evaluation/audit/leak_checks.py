"""Law 4: whether a prediction can see the symbol it is asked for, and by which way.

The model is as it is before training: which inputs an output depends on is a matter of how it is
built, not of what it learned.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqreason.assembly import Benchmark, SequenceModel
from seqreason.evaluation.audit.findings import Check, CheckResult, noted, passed, skipped, violated
from seqreason.structures.glyphs import Split
from seqreason.structures.packing import Batch

Flags = NDArray[np.bool_]

_NUM_SEARCHED: Final = 300
_NUM_SEQUENCES: Final = 3
_NUM_TOGETHER: Final = 8
_RELATIVE: Final = 1e-6


def leak_checks(benchmark: Benchmark, *, seed: int) -> list[Check]:
    """The checks of the benchmark's model."""
    probe = _Probe(benchmark, seed)
    return [
        Check("leak-by-forcing", 4, lambda: _by_forced_symbols(probe)),
        Check("leak-by-frames", 4, lambda: _by_frames(probe)),
        Check("sequences-apart", 4, lambda: _apart(probe)),
    ]


@final
@dataclass(frozen=True)
class _Probe:
    """An untrained model, and a few sequences to change one position of at a time.

    Its arrays say what changes where: entry (u, t) is True if changing position u changes what
    is said at position t.

    Shapes:
        by_forcing: (time, time), bool
    """

    benchmark: Benchmark
    seed: int

    @cached_property
    def model(self) -> SequenceModel:
        return self.benchmark.model(self.seed).eval()

    @cached_property
    def longest(self) -> Batch:
        """Some sequences of the greatest length, so that packed order is position by position."""
        examples = self.benchmark.examples(self.seed, Split.TRAIN)
        lengths = examples.draw(np.arange(_NUM_SEARCHED)).sequences.lengths
        chosen = np.flatnonzero(lengths == lengths.max())[:_NUM_SEQUENCES]
        return examples.batch(examples.draw(chosen))

    @property
    def time(self) -> int:
        return len(self.longest.packing.sizes)

    @cached_property
    def by_forcing(self) -> Flags:
        """Where the prediction changes with a symbol that is forced on it."""
        batch, symbols = self.longest, self.longest.symbols
        _, base = self._said(batch.frames, symbols)
        others = (symbols + 1) % self.benchmark.bank.alphabet.size
        return np.stack(
            [
                self._moved(base, self._said(batch.frames, others.where(at, symbols))[1])
                for at in self._positions()
            ]
        )

    @cached_property
    def _by_frame(self) -> tuple[Flags, Flags]:
        """Where perception changes with a frame, and where prediction does, nothing forced."""
        frames = self.longest.frames
        base = self._said(frames, None)
        others = 1 - frames.flip(-1)
        rows = []
        for at in self._positions():
            said = self._said(others.where(at[:, None, None, None], frames), None)
            rows.append([self._moved(*pair) for pair in zip(base, said, strict=True)])
        seen, predicted = np.swapaxes(np.array(rows), 0, 1)
        return seen, predicted

    def sees_by_frames(self) -> Flags:
        """Where a frame can reach the prediction, nothing forced; (time, time).

        Directly, or from a frame to the perception somewhere, and on from the symbol perceived
        there: a symbol that is handed over hard may change only once the model is trained.
        """
        seen, predicted = self._by_frame
        return np.asarray(predicted | (seen.astype(int) @ self.by_forcing.astype(int) > 0))

    def _positions(self) -> list[Tensor]:
        """For each position, True in the rows of it, shape (frames,)."""
        position = torch.arange(self.time).repeat_interleave(self.longest.packing.num_sequences)
        return [position == at for at in range(self.time)]

    def _said(self, frames: Tensor, forced: Tensor | None) -> tuple[Tensor, Tensor]:
        return said_by(self.model, frames, self.longest, forced)

    def _moved(self, before: Tensor, after: Tensor) -> Flags:
        """At which positions some sequence's logits differ."""
        differs = _differs(before, after).view(self.time, -1)
        return differs.any(dim=1).numpy()


@torch.no_grad()
def said_by(
    model: SequenceModel, frames: Tensor, batch: Batch, forced: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Perception and prediction of *frames* that lie as those of *batch* do."""
    reasoning = model(frames, batch.packing, forced)
    return reasoning.perception, reasoning.prediction


def _differs(before: Tensor, after: Tensor) -> Tensor:
    """Which rows differ by more than rounding, shape (frames,)."""
    return (before - after).abs().amax(dim=1) > _RELATIVE * before.abs().max()


def _by_forced_symbols(probe: _Probe) -> CheckResult:
    """Noted if a prediction depends on the next symbol when true symbols are forced on it."""
    if probe.time < 2:
        return skipped("sequences of one symbol have no position but the last")
    message = "through the symbols that are forced on it in training"
    return _leak(probe.by_forcing, way=message)


def _by_frames(probe: _Probe) -> CheckResult:
    """Noted if a prediction can depend on the next frame when nothing is forced on it."""
    if probe.time < 2:
        return skipped("sequences of one frame have no position but the last")
    return _leak(probe.sees_by_frames(), way="through later frames")


def _leak(sees: Flags, *, way: str) -> CheckResult:
    """Which positions' predictions depend on what stands at the next one."""
    time = len(sees)
    positions = (np.flatnonzero(np.diagonal(sees, offset=-1)) + 1).tolist()
    if not positions:
        return passed(f"no prediction sees its own answer {way}", positions=[])
    return noted(
        f"{way}, prediction sees its own answer at {_spelt(positions)} of {time}, so "
        "prediction_accuracy over all positions says little: only the last position counts",
        positions=positions,
        time=time,
    )


def _spelt(positions: list[int]) -> str:
    """`position 3`, `positions 1 … 4` or `positions 1, 3`."""
    first, last = positions[0], positions[-1]
    if first == last:
        return f"position {first}"
    if positions == list(range(first, last + 1)):
        return f"positions {first} … {last}"
    return f"positions {', '.join(map(str, positions))}"


def _apart(probe: _Probe) -> CheckResult:
    """Violated if what is said of one sequence depends on another one of its batch."""
    examples = probe.benchmark.examples(probe.seed, Split.TRAIN)
    batch = examples.batch(examples.draw(np.arange(_NUM_TOGETHER)))
    size = probe.benchmark.bank.alphabet.size
    sequence = _sequence_of_each_frame(batch)
    for changed in (0, _NUM_TOGETHER - 1):
        is_changed = sequence == changed
        frames = (1 - batch.frames).where(is_changed[:, None, None, None], batch.frames)
        symbols = ((batch.symbols + 1) % size).where(is_changed, batch.symbols)
        for before_forced, after_forced in ((None, None), (batch.symbols, symbols)):
            before = said_by(probe.model, batch.frames, batch, before_forced)
            after = said_by(probe.model, frames, batch, after_forced)
            for stage, *pair in zip(("perception", "prediction"), before, after, strict=True):
                if (_differs(*pair) & ~is_changed).any():
                    return violated(
                        f"the {stage} of a sequence changes with another sequence of its batch",
                        stage=stage,
                    )
    return passed(f"of {_NUM_TOGETHER} sequences in a batch none changes what is said of another")


def _sequence_of_each_frame(batch: Batch) -> Tensor:
    """The row of the batch that each frame in packed order belongs to, shape (frames,)."""
    return torch.cat([torch.arange(size) for size in batch.packing.sizes.tolist()])
