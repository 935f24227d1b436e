"""Examples: symbols from a generator, glyphs from a bank, frames from both.

Example *i* of a split is a pure function of (seed, split, i). Its symbols come from the
generator and the glyph behind each frame from the bank, both through counter-based streams,
so it is the same drawn alone, in any order and in a batch of any size.
"""

from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqreason.batches import Batch, Packing
from seqreason.data.bank import GlyphBank
from seqreason.glyphs import Split
from seqreason.interfaces import SequenceGenerator
from seqreason.randomness import Stream
from seqreason.sequences import Sequences

_FULL_INK: Final = 255


@final
@dataclass(frozen=True)
class Drawn:
    """Examples before any pixel is touched.

    Shapes:
        examples: (sequences,), int64, their indices
        glyphs: (sequences, time), int64, places in the bank; any valid place past the length
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
        """*variant* names a shifted test, which then has a stream of its own."""
        self.generator, self.bank, self.split = generator, bank, split
        stream = Stream.of(seed, split.label, *([variant] if variant else []))
        self._symbol_stream = stream.child("sequences")
        self._glyph_stream = stream.child("glyphs")

    def draw(self, examples: NDArray[np.int64]) -> Drawn:
        """The examples with these indices."""
        sequences = self.generator.draw(self._symbol_stream, examples)
        time = sequences.inverted.shape[1]
        # As many words as the longest sequence has frames, whatever the length of this one.
        bits = self._glyph_stream.bits(examples, count=time)
        shown = np.where(sequences.is_shown, sequences.symbols[:, :time], 0)
        return Drawn(examples, sequences, self.bank.choose(self.split, shown, bits))

    def batch(self, drawn: Drawn) -> Batch:
        """Frames of *drawn* on the bank's device, sequences sorted by falling length.

        The batch says by `examples` which sequence is which.
        """
        order = np.argsort(-drawn.sequences.lengths, kind="stable")
        lengths = drawn.sequences.lengths[order]
        shown = (np.arange(lengths[0]) < lengths[:, None]).T
        time, device = len(shown), self.bank.images.device

        def packed(rows: NDArray[Any]) -> Tensor:
            return torch.from_numpy(rows[order, :time].T[shown]).to(device)

        symbols = drawn.sequences.symbols
        ink = self.bank.images[packed(drawn.glyphs)]
        inverted = packed(drawn.sequences.inverted)
        frames = torch.where(inverted[:, None, None], _FULL_INK - ink, ink)
        return Batch(
            frames=frames[:, None].float().div_(_FULL_INK),
            symbols=packed(symbols[:, :-1]),
            next_symbols=packed(symbols[:, 1:]),
            packing=Packing.of_lengths(lengths).to(device),
            examples=torch.from_numpy(drawn.examples[order]),
        )
