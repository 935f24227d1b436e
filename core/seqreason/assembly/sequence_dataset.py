"""The examples of a benchmark for your own training loop, byte for byte those of the trainer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from seqreason.assembly.benchmark import Benchmark, assemble
from seqreason.data import ExampleSet
from seqreason.data.examples import epoch_order
from seqreason.errors import UnknownNameError
from seqreason.registry import load_registry
from seqreason.spec import load_benchmark
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.glyphs import Split
from seqreason.structures.packing import Batch
from seqreason.structures.sequences import PADDING


class SequenceItem(NamedTuple):
    """One example.

    Shapes:
        frames: (time, 1, height, width), float32 in 0 … 1
        symbols: (time,), int64, the symbol that each frame shows
        answer: (), int64, the symbol that comes next
    """

    frames: Tensor
    symbols: Tensor
    answer: Tensor


class PaddedBatch(NamedTuple):
    """Several examples, padded to the length of the longest.

    Shapes:
        frames: (sequences, time, 1, height, width), float32 in 0 … 1, 0 in padding
        symbols: (sequences, time), int64, `PADDING` (-1) in padding
        is_shown: (sequences, time), bool, False in padding
        answers: (sequences,), int64
    """

    frames: Tensor
    symbols: Tensor
    is_shown: Tensor
    answers: Tensor


def dataset(
    spec: str | Path | Mapping[str, Any],
    split: str = "train",
    *,
    seed: int | None = None,
    overrides: Iterable[str] = (),
    plugins: Sequence[str] = (),
    device: str = "cpu",
) -> "SequenceDataset":
    """The examples of one split of a benchmark, without the trainer.

    Args:
        spec: a spec file, the name of a packaged spec, or a spec as plain data.
        split: train, valid, test, or the name of a shifted test.
        seed: the seed of the examples; by default the spec's first.
        overrides: changes to the spec, such as `"generator.lengths=[3, 5]"`.
        plugins: files or modules with plug-ins that are not installed.
        device: the device of glyphs and batches; use the CPU for a `DataLoader` with workers.

    Raises:
        SeqreasonError: there is a fault in the spec, a plug-in or the data.
    """
    registry = load_registry(plugins)
    checked = load_benchmark(spec, registry, overrides=overrides)
    benchmark = assemble(checked, registry, device=torch.device(device))
    chosen = checked.seeds[0] if seed is None else seed
    examples, evaluation = examples_named(benchmark, split, seed=chosen), checked.evaluation
    counts = {"train": checked.training.examples, "valid": evaluation.valid_examples}
    return SequenceDataset(examples, count=counts.get(split, evaluation.examples), seed=chosen)


def examples_named(benchmark: Benchmark, split: str, *, seed: int) -> ExampleSet:
    """The examples of the split or the shifted test *split*.

    Raises:
        UnknownNameError: the benchmark has no split or test of that name.
    """
    by_label = {known.label: known for known in Split}
    if split in by_label:
        return benchmark.examples(seed, by_label[split])
    if split in benchmark.shifted:
        return benchmark.shifted_examples(seed, split)
    raise UnknownNameError(split, noun="split", known=[*by_label, *benchmark.shifted])


@final
class SequenceDataset(Dataset[SequenceItem]):
    """A map-style data set: item *i* is the same, whatever other items are drawn.

    Use it with a `DataLoader` of any order and any number of workers, and with
    `SequenceDataset.collate` as its `collate_fn`. The ready batches of `batches` are faster: each
    is drawn at once on the device.
    """

    def __init__(self, examples: ExampleSet, *, count: int, seed: int) -> None:
        self.examples, self._count, self._seed = examples, count, seed

    @property
    def alphabet(self) -> Alphabet:
        """The symbols, in order."""
        return self.examples.bank.alphabet

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> SequenceItem:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[SequenceItem]:
        """Several items at once, in the order of *indices*; a `DataLoader` calls it if it can.

        Raises:
            IndexError: an index is not in 0 … len - 1.
        """
        asked = np.asarray(indices, dtype=np.int64)
        if len(asked) and not 0 <= asked.min() <= asked.max() < self._count:
            raise IndexError(f"expected indices in 0 … {self._count - 1}, got {asked.tolist()}")
        batch = self.examples.batch(self.examples.draw(asked))
        frames, symbols = batch.packing.pad(batch.frames), batch.packing.pad(batch.symbols)
        lengths, answers = batch.packing.lengths.tolist(), batch.answers
        # A batch is sorted by length, and `examples` says which row is which example.
        rows = {example: row for row, example in enumerate(batch.examples.tolist())}
        return [
            SequenceItem(frames[row, : lengths[row]], symbols[row, : lengths[row]], answers[row])
            for row in (rows[example] for example in asked.tolist())
        ]

    def batches(self, batch_size: int, *, epoch: int | None = None) -> Iterator[Batch]:
        """All examples as ready batches on the data set's device, in packed order.

        `batch.packing.pad(rows)` pads rows, and `batch.packing.pack(rows)` packs them for a
        recurrent layer of torch.

        Args:
            epoch: 0, 1, … for the trainer's order in that epoch; None for the order of indices.
        """
        order = np.arange(self._count)
        if epoch is not None:
            order = epoch_order(self._seed, count=self._count, epoch=epoch)
        for begin in range(0, self._count, batch_size):
            yield self.examples.batch(self.examples.draw(order[begin : begin + batch_size]))

    @staticmethod
    def collate(items: Sequence[SequenceItem]) -> PaddedBatch:
        """*items* as one padded batch, in their order."""
        unpadded = [item.symbols for item in items]
        symbols = pad_sequence(unpadded, batch_first=True, padding_value=PADDING)
        return PaddedBatch(
            frames=pad_sequence([item.frames for item in items], batch_first=True),
            symbols=symbols,
            is_shown=symbols != PADDING,
            answers=torch.stack([item.answer for item in items]),
        )
