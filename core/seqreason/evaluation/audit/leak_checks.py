"""Law 4: whether a prediction can read its own answer, and in which way.

The model is untrained: its architecture decides which inputs an output depends on, not its weights.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, final

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
        # While true symbols are forced on the predictions.
        Check("leak-by-forcing", 4, lambda: _leak(probe, "symbol")),
        # While nothing is forced on them.
        Check("leak-by-frames", 4, lambda: _leak(probe, "frame")),
        Check("sequences-apart", 4, lambda: _independent(probe)),
    ]


@final
@dataclass(frozen=True)
class _Probe:
    """An untrained model, and a few sequences in which one position at a time is changed.

    Entry (u, t) of its arrays is True if a change at position u changes the output at position t.

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
        """Some sequences of the greatest length: their packed order is position by position."""
        examples = self.benchmark.examples(self.seed, Split.TRAIN)
        lengths = examples.draw(np.arange(_NUM_SEARCHED)).sequences.lengths
        chosen = np.flatnonzero(lengths == lengths.max())[:_NUM_SEQUENCES]
        return examples.batch(examples.draw(chosen))

    @property
    def time(self) -> int:
        return len(self.longest.packing.sizes)

    @cached_property
    def by_forcing(self) -> Flags:
        """Where a forced symbol changes the prediction."""
        batch, symbols = self.longest, self.longest.symbols
        _, base = self._output(batch.frames, symbols)
        others = (symbols + 1) % self.benchmark.bank.alphabet.size
        forced = (others.where(at, symbols) for at in self._positions())
        after = [self._output(batch.frames, changed)[1] for changed in forced]
        return np.stack([self._changed(base, prediction) for prediction in after])

    @cached_property
    def _by_frame(self) -> tuple[Flags, Flags]:
        """Where a frame changes perception, and where it changes prediction, nothing forced."""
        frames = self.longest.frames
        base = self._output(frames, None)
        others = 1 - frames.flip(-1)
        rows = []
        for at in self._positions():
            output = self._output(others.where(at[:, None, None, None], frames), None)
            rows.append([self._changed(*pair) for pair in zip(base, output, strict=True)])
        perceived, predicted = np.swapaxes(np.array(rows), 0, 1)
        return perceived, predicted

    def by_frames(self) -> Flags:
        """Where a frame can reach the prediction, nothing forced; (time, time).

        It does so directly, or through the perceived symbol at some position. The second way is
        computed from `by_forcing`, because a hard hand-off may change only in a trained model.
        """
        perceived, predicted = self._by_frame
        return np.asarray(predicted | (perceived.astype(int) @ self.by_forcing.astype(int) > 0))

    def _positions(self) -> list[Tensor]:
        """For each position a mask of its frames, shape (frames,)."""
        position = torch.arange(self.time).repeat_interleave(self.longest.packing.num_sequences)
        return [position == at for at in range(self.time)]

    def _output(self, frames: Tensor, forced: Tensor | None) -> tuple[Tensor, Tensor]:
        return output_of(self.model, frames, self.longest, forced)

    def _changed(self, before: Tensor, after: Tensor) -> Flags:
        """The positions at which the logits of any sequence differ, shape (time,)."""
        differs = _differs(before, after).view(self.time, -1)
        return differs.any(dim=1).numpy()


@torch.no_grad()
def output_of(
    model: SequenceModel, frames: Tensor, batch: Batch, forced: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Perception and prediction for *frames* in the packed order of *batch*.

    Shapes:
        frames: (frames, 1, height, width)
        forced: (frames,), see `Reasoner.forward`
        returns: two matrices of logits, each (frames, alphabet)
    """
    reasoning = model(frames, batch.packing, forced)
    return reasoning.perception, reasoning.prediction


def _differs(before: Tensor, after: Tensor) -> Tensor:
    """Which rows differ by more than rounding, shape (frames,)."""
    return (before - after).abs().amax(dim=1) > _RELATIVE * before.abs().max()


def _leak(probe: _Probe, item: Literal["symbol", "frame"]) -> CheckResult:
    """Noted if a prediction depends on the symbol, or can depend on the frame, that is next."""
    time = probe.time
    if time < 2:
        return skipped(f"sequences of one {item} have no position but the last")
    if item == "symbol":
        reaches, way = probe.by_forcing, "through the symbols that are forced on it in training"
    else:
        reaches, way = probe.by_frames(), "through later frames"
    positions = (np.flatnonzero(np.diagonal(reaches, offset=-1)) + 1).tolist()
    if not positions:
        return passed(f"no prediction can read its own answer {way}", positions=[])
    return noted(
        f"prediction can read its own answer at {_listed(positions)} of {time} {way}; "
        "prediction_accuracy over all positions says little, so use the last position alone",
        positions=positions,
        time=time,
    )


def _listed(positions: list[int]) -> str:
    """`position 3`, `positions 1 … 4` or `positions 1, 3`."""
    first, last = positions[0], positions[-1]
    if first == last:
        return f"position {first}"
    if positions == list(range(first, last + 1)):
        return f"positions {first} … {last}"
    return f"positions {', '.join(map(str, positions))}"


def _independent(probe: _Probe) -> CheckResult:
    """Violated if the output for a sequence depends on another sequence of its batch."""
    examples = probe.benchmark.examples(probe.seed, Split.TRAIN)
    batch = examples.batch(examples.draw(np.arange(_NUM_TOGETHER)))
    size = probe.benchmark.bank.alphabet.size
    # The row in the batch of each frame's sequence, in packed order.
    sequence = torch.cat([torch.arange(size) for size in batch.packing.sizes.tolist()])
    for changed in (0, _NUM_TOGETHER - 1):
        is_changed = sequence == changed
        frames = (1 - batch.frames).where(is_changed[:, None, None, None], batch.frames)
        symbols = ((batch.symbols + 1) % size).where(is_changed, batch.symbols)
        for before_forced, after_forced in ((None, None), (batch.symbols, symbols)):
            before = output_of(probe.model, batch.frames, batch, before_forced)
            after = output_of(probe.model, frames, batch, after_forced)
            for stage, *pair in zip(("perception", "prediction"), before, after, strict=True):
                if (_differs(*pair) & ~is_changed).any():
                    return violated(
                        f"the {stage} of a sequence changes with another sequence of its batch",
                        stage=stage,
                    )
    return passed(f"none of {_NUM_TOGETHER} sequences in a batch changes the output for another")
