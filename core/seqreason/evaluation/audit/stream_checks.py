"""Law 1: an example is a function of seed, split and index, and streams do not overlap."""

import multiprocessing
import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from seqreason.assembly import SequenceDataset, SequenceItem
from seqreason.data import ExampleSet
from seqreason.data.examples import Drawn
from seqreason.evaluation.audit.findings import Check, CheckResult, passed, violated
from seqreason.evaluation.audit.overlaps import streams_differ
from seqreason.evaluation.audit.target import AuditTarget
from seqreason.structures.glyphs import Split

_BATCH_SIZE: Final = 7
_NUM_WORKERS: Final = (1, 2, 4)
# Neighbours, as in a batch, and a few far away.
_INDICES: Final = (*range(40), *range(10**6, 10**6 + 80, 10))
_NUM_ITEMS: Final = 56
_SECONDS: Final = 60

Record = dict[str, bytes]


def stream_checks(target: AuditTarget) -> list[Check]:
    """The checks of how the examples of a target are drawn."""
    examples = target.examples(Split.TRAIN, seed=target.seed)
    in_batches = target.check("same-in-any-batch", 1, lambda: _same_in_any_batch(examples))
    by_workers = target.check("same-by-any-worker", 1, lambda: _same_by_any_worker(examples))
    differ = target.check("streams-differ", 1, lambda: streams_differ(target))
    # Starting processes takes a second, and a shift's generator is of the same class.
    return [in_batches, differ] if target.shift else [in_batches, by_workers, differ]


def _same_in_any_batch(examples: ExampleSet) -> CheckResult:
    """Violated if a byte of an example depends on the examples that are drawn with or before it."""
    expected = _records(examples, _INDICES)
    ways: dict[str, list[Sequence[int]]] = {
        "alone": [[index] for index in _INDICES],
        "in reversed order": [_INDICES[::-1]],
        f"in a batch of {_BATCH_SIZE}": [
            _INDICES[begin : begin + _BATCH_SIZE] for begin in range(0, len(_INDICES), _BATCH_SIZE)
        ],
        "a second time": [_INDICES],
    }
    for way, batches in ways.items():
        for batch in batches:
            for index, record in _records(examples, batch).items():
                parts = _differing(record, expected[index])
                if parts:
                    return violated(
                        f"example {index} is different when it is drawn {way}: its "
                        f"{', '.join(parts)} differ",
                        example=index,
                        way=way,
                        parts=parts,
                    )
    return passed(
        f"{len(_INDICES)} examples are the same bytes drawn alone, in reversed order, in batches "
        f"of {_BATCH_SIZE}, and all at once",
        examples=len(_INDICES),
    )


def _records(examples: ExampleSet, indices: Sequence[int]) -> dict[int, Record]:
    """All parts of each example as bytes."""
    drawn = examples.draw(np.array(indices))
    batch = examples.batch(drawn)
    frames = batch.packing.pad(batch.frames).numpy()
    row_of = {index: row for row, index in enumerate(batch.examples.tolist())}
    return {
        index: _record(drawn, place, frames[row_of[index]]) for place, index in enumerate(indices)
    }


def _record(drawn: Drawn, place: int, frames: NDArray[np.float32]) -> Record:
    sequences = drawn.sequences
    length = int(sequences.lengths[place])
    looks = {name: of for name, of in vars(sequences.appearance).items() if of is not None}
    rows = {
        "symbols": sequences.symbols[place, : length + 1],
        "glyphs": drawn.glyphs[place, :length],
        "frames": frames[:length],
        **{name: values[place, :length] for name, values in looks.items()},
    }
    # The bytes of a fact depend on the longest word of the batch, so facts are compared as text.
    facts = {f"fact {name}": str(of[place]).encode() for name, of in sequences.facts.items()}
    return {name: row.tobytes() for name, row in rows.items()} | facts


def _differing(record: Record, expected: Record) -> list[str]:
    names = [*expected, *(name for name in record if name not in expected)]
    return [name for name in names if record.get(name) != expected.get(name)]


def _same_by_any_worker(examples: ExampleSet) -> CheckResult:
    """Violated if worker processes draw other items than this process."""
    dataset = SequenceDataset(examples, count=_NUM_ITEMS, seed=0)
    expected = [dataset[index] for index in range(_NUM_ITEMS)]
    for num_workers in _NUM_WORKERS:
        for index, item in enumerate(_by_workers(dataset, num_workers)):
            if not all(map(torch.equal, item, expected[index])):
                return violated(
                    f"item {index} is different with {num_workers} worker process"
                    f"{'es' if num_workers > 1 else ''}",
                    item=index,
                    workers=num_workers,
                )
    return passed(
        f"{_NUM_ITEMS} items are the same with 1, 2 and 4 worker processes and without",
        items=_NUM_ITEMS,
    )


def _by_workers(dataset: SequenceDataset, num_workers: int) -> list[SequenceItem]:
    # Without fork a plug-in from a file would be pickled, which Python cannot do.
    context = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    with warnings.catch_warnings():
        # More workers than cores and a fork beside torch's threads are intended here.
        warnings.simplefilter("ignore")
        loader: DataLoader[SequenceItem] = DataLoader(
            dataset,
            batch_size=_BATCH_SIZE,
            num_workers=num_workers,
            collate_fn=list,
            multiprocessing_context=context,
            timeout=_SECONDS,
            # Its own, so that it does not draw from torch's global generator.
            generator=torch.Generator(),
        )
        return [item for batch in loader for item in batch]
