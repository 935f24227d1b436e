"""The examples of a benchmark for a training loop of one's own, byte for byte the trainer's."""

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
from seqreason.spec import BenchmarkSpec, load_benchmark
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.glyphs import Split
from seqreason.structures.packing import Batch
from seqreason.structures.sequences import PADDING


class SequenceItem(NamedTuple):
    """One example.

    Shapes:
        frames: (time, 1, height, width), float32 in 0 … 1
        symbols: (time,), int64, what each frame shows
        answer: (), int64, the symbol that comes next
    """

    frames: Tensor
    symbols: Tensor
    answer: Tensor


class PaddedBatch(NamedTuple):
    """Several examples, padded to the longest.

    Shapes:
        frames: (sequences, time, 1, height, width), 0 in padding
        symbols: (sequences, time), `PADDING` (-1) in padding
        is_shown: (sequences, time), bool, False in padding
        answers: (sequences,)
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
        overrides: changes to the spec, `"generator.lengths=[3, 5]"`.
        plugins: files or modules with plug-ins that are not installed.
        device: where glyphs and batches live; leave it on the CPU for a `DataLoader` with workers.

    Raises:
        SeqreasonError: the spec, a plug-in or the data is at fault.
    """
    registry = load_registry(plugins)
    checked = load_benchmark(spec, registry, overrides=overrides)
    benchmark = assemble(checked, registry, device=torch.device(device))
    chosen = checked.seeds[0] if seed is None else seed
    examples = examples_called(benchmark, split, seed=chosen)
    return SequenceDataset(examples, count=_count(checked, split), seed=chosen)


def examples_called(benchmark: Benchmark, split: str, *, seed: int) -> ExampleSet:
    """The examples of the split or the shifted test called *split*.

    Raises:
        UnknownNameError: there is none of that name.
    """
    for known in Split:
        if split == known.label:
            return benchmark.examples(seed, known)
    if split in benchmark.shifted:
        return benchmark.shifted_examples(seed, split)
    names = [*(known.label for known in Split), *benchmark.shifted]
    raise UnknownNameError(split, noun="split", known=names)


def _count(spec: BenchmarkSpec, split: str) -> int:
    """How many examples of *split* the benchmark itself uses."""
    by_split = {"train": spec.training.examples, "valid": spec.evaluation.valid_examples}
    return by_split.get(split, spec.evaluation.examples)


@final
class SequenceDataset(Dataset[SequenceItem]):
    """A map-style data set: item *i* is the same whatever is drawn before, with or beside it.

    A `DataLoader` takes it, with any workers and any order, and `SequenceDataset.collate` as its
    `collate_fn`. Faster are the ready batches of `batches`, each drawn at once on the device.
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
        """Several items at once, in the order asked: what a `DataLoader` calls where it can.

        Raises:
            IndexError: an index is not in 0 … len - 1.
        """
        asked = np.asarray(indices, dtype=np.int64)
        if len(asked) and not 0 <= asked.min() <= asked.max() < self._count:
            raise IndexError(f"expected indices in 0 … {self._count - 1}, got {asked.tolist()}")
        batch = self.examples.batch(self.examples.draw(asked))
        frames, symbols = batch.packing.pad(batch.frames), batch.packing.pad(batch.symbols)
        lengths, answers = batch.packing.lengths.tolist(), batch.answers
        # A batch is sorted by length, so it says itself which row is which example.
        rows = {example: row for row, example in enumerate(batch.examples.tolist())}
        return [
            SequenceItem(frames[row, : lengths[row]], symbols[row, : lengths[row]], answers[row])
            for row in (rows[example] for example in asked.tolist())
        ]

    def batches(self, batch_size: int, *, epoch: int | None = None) -> Iterator[Batch]:
        """All examples as ready batches on the set's device, in packed order.

        With an *epoch* (0, 1, …) they come in the order in which the trainer sees them in that
        epoch, without one in their own. `batch.packing.pad(rows)` gives rows padded,
        `batch.packing.pack(rows)` packed for a recurrent layer of torch.
        """
        order = np.arange(self._count)
        if epoch is not None:
            order = epoch_order(self._seed, count=self._count, epoch=epoch)
        for begin in range(0, self._count, batch_size):
            yield self.examples.batch(self.examples.draw(order[begin : begin + batch_size]))

    @staticmethod
    def collate(items: Sequence[SequenceItem]) -> PaddedBatch:
        """Items as one padded batch, in their order."""
        symbols = pad_sequence(
            [item.symbols for item in items], batch_first=True, padding_value=PADDING
        )
        return PaddedBatch(
            frames=pad_sequence([item.frames for item in items], batch_first=True),
            symbols=symbols,
            is_shown=symbols != PADDING,
            answers=torch.stack([item.answer for item in items]),
        )
