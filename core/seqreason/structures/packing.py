"""A batch of sequences of different lengths, without padding.

Frames are in *packed order*. Sequences are sorted from the longest to the shortest; first comes
the first frame of each, then the second frame of each that has one, and so on. The recurrent
layers of torch use this order (`torch.nn.utils.rnn.PackedSequence`). So they take the output of an
encoder as it is, without a padded copy.

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

    It is a named tuple, not a dataclass: Lightning Fabric moves tensors inside tuples to the
    model's device.

    Shapes:
        sizes: (time,), int64 on the CPU, the number of sequences that have a frame there
        last: (sequences,), int64, the index of each sequence's last frame among all frames
    """

    sizes: Tensor
    last: Tensor

    @classmethod
    def of_lengths(cls, lengths: NDArray[np.int64]) -> "Packing":
        """The packing of sequences with these *lengths*, from the longest to the shortest.

        Shapes:
            lengths: (sequences,), at least 1

        Raises:
            SeqreasonError: there is no sequence, or the lengths are not in this order.
        """
        if len(lengths) == 0 or lengths[-1] < 1 or np.any(np.diff(lengths) > 0):
            raise SeqreasonError(
                f"lengths must go from the longest to the shortest, at least 1, got "
                f"{lengths.tolist()}; sort the sequences"
            )
        sizes = (lengths[:, None] > np.arange(lengths[0])).sum(axis=0)
        starts = np.cumsum(sizes) - sizes
        last = starts[lengths - 1] + np.arange(len(lengths))
        return cls(torch.from_numpy(sizes), torch.from_numpy(last))

    @property
    def num_sequences(self) -> int:
        """The number of sequences."""
        return len(self.last)

    @property
    def lengths(self) -> Tensor:
        """The number of frames of each sequence, shape (sequences,), on the CPU."""
        return (self.sizes > torch.arange(self.num_sequences)[:, None]).sum(dim=1)

    @property
    def num_frames(self) -> int:
        """The number of frames of all sequences together."""
        return int(self.sizes.sum())

    def pack(self, rows: Tensor) -> PackedSequence:
        """*rows* as the input of a recurrent layer of torch.

        Shapes:
            rows: (frames, …), in packed order
        """
        # Data-parallel training moves all tensors to the device, but torch wants sizes on the CPU.
        return PackedSequence(rows, self.sizes.cpu())

    def pad(self, rows: Tensor, *, value: float = 0.0) -> Tensor:
        """*rows* as one row a sequence, filled up with *value*.

        Shapes:
            rows: (frames, …), in packed order
            returns: (sequences, time, …)
        """
        padded = rows.new_full((self.num_sequences, len(self.sizes), *rows.shape[1:]), value)
        for position, shown in enumerate(torch.split(rows, self.sizes.tolist())):
            padded[: len(shown), position] = shown
        return padded

    def unpad(self, padded: Tensor) -> Tensor:
        """The frames of *padded* in packed order: the inverse of `pad`.

        Shapes:
            padded: (sequences, time, …)
            returns: (frames, …)
        """
        sizes = self.sizes.tolist()
        return torch.cat([padded[:size, position] for position, size in enumerate(sizes)])

    def to(self, device: torch.device) -> "Packing":
        """The same packing for tensors on *device*; `sizes` stays on the CPU."""
        return Packing(self.sizes, self.last.to(device))


@final
@dataclass(frozen=True)
class Batch:
    """Frames ready for an encoder, each with its symbol and the next one.

    Shapes:
        frames: (frames, 1, height, width), float32 in 0 … 1, in packed order
        symbols: (frames,), int64, the symbol that a frame shows
        next_symbols: (frames,), int64, the symbol that follows it in its sequence
        examples: (sequences,), int64 on the CPU, each sequence's index in its split

    Raises:
        ShapeError: the tensors do not fit together.
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
