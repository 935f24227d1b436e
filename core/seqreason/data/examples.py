"""Examples: symbols from a generator, glyphs from a bank, frames from both.

Example *i* of a split is a pure function of (seed, split, i). The generator draws its symbols and
the bank chooses the glyph of each frame, both by counter-based streams. So an example is the same
in any order and in a batch of any size.
"""

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqreason.data.bank import GlyphBank
from seqreason.data.rendering import rendered
from seqreason.interfaces import SequenceGenerator
from seqreason.randomness import Stream
from seqreason.structures.glyphs import Split
from seqreason.structures.packing import Batch, Packing
from seqreason.structures.sequences import Sequences


def epoch_order(seed: int, *, count: int, epoch: int) -> NDArray[np.int64]:
    """The order of the *count* training examples at *seed* in an epoch (0, 1, …), (examples,)."""
    return Stream.of(seed, "training").child("order").permutation(count, item=epoch)


@final
@dataclass(frozen=True)
class Drawn:
    """Examples before their frames are rendered.

    Shapes:
        examples: (sequences,), int64, their indices in the split
        glyphs: (sequences, time), int64, indices into the bank; arbitrary after a sequence's end
    """

    examples: NDArray[np.int64]
    sequences: Sequences
    glyphs: NDArray[np.int64]


@final
class ExampleSet:
    """The examples of one split of one benchmark at one seed."""

    def __init__(
        self,
        generator: SequenceGenerator,
        bank: GlyphBank,
        *,
        seed: int,
        split: Split,
        variant: str = "",
    ) -> None:
        """*variant* is the name of a shifted test, which has a stream of its own."""
        self.generator, self.bank, self.split = generator, bank, split
        stream = Stream.of(seed, split.label, *([variant] if variant else []))
        self._symbol_stream = stream.child("sequences")
        self._glyph_stream = stream.child("glyphs")
        self._noise_stream = stream.child("noise")

    def draw(self, examples: NDArray[np.int64]) -> Drawn:
        """The examples with these indices.

        Shapes:
            examples: (sequences,), int64, at least 0
        """
        sequences = self.generator.draw(self._symbol_stream, examples)
        time = sequences.symbols.shape[1] - 1
        # One word for each position up to the longest sequence, so that lengths change nothing.
        bits = self._glyph_stream.bits(examples, count=time)
        shown = np.where(sequences.is_shown, sequences.symbols[:, :time], 0)
        return Drawn(examples, sequences, self.bank.choose(self.split, shown, bits))

    def batch(self, drawn: Drawn) -> Batch:
        """The frames of *drawn* on the bank's device, sorted from the longest sequence down.

        The batch's `examples` holds the index of each sequence.
        """
        order = np.argsort(-drawn.sequences.lengths, kind="stable")
        examples, lengths = drawn.examples[order], drawn.sequences.lengths[order]
        shown = (np.arange(lengths[0]) < lengths[:, None]).T
        time, device = len(shown), self.bank.images.device

        def packed(rows: NDArray[Any]) -> Tensor:
            return torch.from_numpy(rows[order, :time].swapaxes(0, 1)[shown]).to(device)

        def noise_words() -> NDArray[np.uint32]:
            """32 random bits for each pixel of the frames, shape (frames, pixels)."""
            pixels = math.prod(self.bank.frame_size)
            words = [
                self._noise_stream.child(str(position)).bits(examples[:size], count=pixels)
                for position, size in enumerate(shown.sum(axis=1).tolist())
            ]
            return np.concatenate(words)

        symbols = drawn.sequences.symbols
        frames = rendered(
            self.bank.images[packed(drawn.glyphs)],
            drawn.sequences.appearance,
            packed=packed,
            noise_words=noise_words,
        )
        return Batch(
            frames=frames[:, None],
            symbols=packed(symbols[:, :-1]),
            next_symbols=packed(symbols[:, 1:]),
            packing=Packing.of_lengths(lengths).to(device),
            examples=torch.from_numpy(examples),
        )
