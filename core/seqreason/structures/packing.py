"""A batch of sequences of differing lengths, laid out so that no padding is ever computed.

Frames stand in *packed order*: sequences sorted by falling length; first the first frame of
each, then the second frame of each that has one, and so on. That is the order that torch's
recurrent layers work in (`torch.nn.utils.rnn.PackedSequence`), so the encoder's output goes
into them as it is, without a gather and without a padded copy.

For lengths 3, 2, 1 with sequences a, b, c:  a1 b1 c1 | a2 b2 | a3  and `sizes` is 3, 2, 1.
"""

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from seqreason.errors import SeqreasonError
from seqreason.structures.axes import check_axes


class Packing(NamedTuple):
    """Which frame of a packed batch belongs to which sequence and position.

    A named tuple rather than a dataclass: it is passed to models, and what wraps these for
    devices and precisions looks for tensors inside of tuples.

    Shapes:
        sizes: (time,), int64 on the CPU, how many sequences have a frame at each position
        last: (sequences,), int64, the place of each sequence's last frame
    """

    sizes: Tensor
    last: Tensor

    @classmethod
    def of_lengths(cls, lengths: NDArray[np.int64]) -> "Packing":
        """The packing of sequences with *lengths*, which must fall and be at least 1."""
        if len(lengths) == 0 or lengths[-1] < 1 or np.any(np.diff(lengths) > 0):
            raise SeqreasonError(f"lengths must fall from first to last, got {lengths.tolist()}")
        sizes = (lengths[:, None] > np.arange(lengths[0])).sum(axis=0)
        starts = np.cumsum(sizes) - sizes
        last = starts[lengths - 1] + np.arange(len(lengths))
        return cls(torch.from_numpy(sizes), torch.from_numpy(last))

    @property
    def num_sequences(self) -> int:
        """How many sequences there are."""
        return len(self.last)

    @property
    def lengths(self) -> Tensor:
        """How many frames each sequence has, shape (sequences,), on the CPU."""
        return (self.sizes > torch.arange(self.num_sequences)[:, None]).sum(dim=1)

    @property
    def num_frames(self) -> int:
        """How many frames there are over all sequences."""
        return int(self.sizes.sum())

    def pack(self, rows: Tensor) -> PackedSequence:
        """*rows* (frames, …) as what a recurrent layer of torch takes."""
        # What replicates a model over devices moves all tensors there; sizes must be on the CPU.
        return PackedSequence(rows, self.sizes.cpu())

    def pad(self, rows: Tensor, *, value: float = 0.0) -> Tensor:
        """*rows* (frames, …) as (sequences, time, …), filled up with *value*."""
        padded = rows.new_full((self.num_sequences, len(self.sizes), *rows.shape[1:]), value)
        start = 0
        for position, size in enumerate(self.sizes.tolist()):
            padded[:size, position] = rows[start : start + size]
            start += size
        return padded

    def unpad(self, padded: Tensor) -> Tensor:
        """*padded* (sequences, time, …) as rows (frames, …): `pad` undone."""
        sizes = self.sizes.tolist()
        return torch.cat([padded[:size, position] for position, size in enumerate(sizes)])

    def to(self, device: torch.device) -> "Packing":
        """The same packing for tensors on *device*; `sizes` stays on the CPU, as torch wants."""
        return Packing(self.sizes, self.last.to(device))


@final
@dataclass(frozen=True)
class Batch:
    """Frames ready for an encoder, with what is shown and what comes next.

    Shapes:
        frames: (frames, 1, height, width), float32 in 0 … 1, in packed order
        symbols: (frames,), int64, the symbol that a frame shows
        next_symbols: (frames,), int64, the symbol that follows it in its sequence
        examples: (sequences,), int64 on the CPU, each sequence's index in its split
    """

    frames: Tensor
    symbols: Tensor
    next_symbols: Tensor
    packing: Packing
    examples: Tensor

    def __post_init__(self) -> None:
        count = self.packing.num_frames
        check_axes(self.frames, "frames 1 height width", where="batch frames", frames=count)
        check_axes(self.symbols, "frames", where="batch symbols", frames=count)
        check_axes(self.next_symbols, "frames", where="batch next symbols", frames=count)
        sequences = self.packing.num_sequences
        check_axes(self.examples, "sequences", where="batch examples", sequences=sequences)

    @property
    def answers(self) -> Tensor:
        """The symbol after each sequence's last frame, shape (sequences,)."""
        return self.next_symbols[self.packing.last]
