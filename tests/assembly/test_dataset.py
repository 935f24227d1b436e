"""The data set gives the trainer's own examples to any loader."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

import seqreason
from seqreason.assembly import Benchmark
from seqreason.data import load_glyphs
from seqreason.errors import UnknownNameError
from seqreason.spec import load_benchmark
from seqreason.structures.glyphs import Split


@pytest.fixture
def dataset(make_data, tiny_plugins):
    def dataset(split="train", **options):
        return seqreason.dataset(make_data(), split, plugins=[tiny_plugins], **options)

    return dataset


@pytest.fixture
def own_examples(make_data, registry):
    """The examples that the trainer itself draws."""
    spec = load_benchmark(make_data(), registry)
    glyphs = load_glyphs(spec.source, registry)
    return Benchmark(spec, registry, glyphs, device=torch.device("cpu")).examples


def assert_same_item(left, right):
    assert all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


def test_assert_same_item_fails_on_another_item(dataset):
    with pytest.raises(AssertionError):
        assert_same_item(dataset()[0], dataset()[1])


@pytest.mark.parametrize(
    ("split", "count"), [("train", 60), ("valid", 20), ("test", 40), ("longer", 40)]
)
def test_a_split_has_as_many_examples_as_the_benchmark_uses(dataset, split, count):
    examples = dataset(split, overrides=["evaluation.shifted.longer.lengths=[9, 10]"])
    assert len(examples) == count
    assert len(list(examples)) == count


def test_an_item_is_the_example_that_the_trainer_sees(dataset, own_examples):
    examples = own_examples(0, Split.TRAIN)
    batch = examples.batch(examples.draw(np.array([7])))
    item = dataset()[7]
    assert torch.equal(item.frames, batch.frames)
    assert torch.equal(item.symbols, batch.symbols)
    assert item.answer == batch.answers[0]


def test_items_come_in_the_order_asked_and_as_often(dataset):
    examples = dataset()
    several = examples.__getitems__([5, 2, 5, 40])
    for item, index in zip(several, [5, 2, 5, 40], strict=True):
        assert_same_item(item, examples[index])


@pytest.mark.parametrize("index", [-1, 60])
def test_an_index_out_of_range_is_refused(dataset, index):
    with pytest.raises(IndexError, match=rf"expected indices in 0 … 59, got \[{index}\]"):
        dataset()[index]


def test_an_unknown_split_names_the_nearest(dataset):
    with pytest.raises(UnknownNameError, match="unknown split 'tset': did you mean 'test'"):
        dataset("tset")


@pytest.mark.filterwarnings("ignore:This DataLoader will create 4 worker processes")
@pytest.mark.parametrize("num_workers", [1, 2, 4])
def test_any_number_of_workers_gives_the_same_bytes(dataset, num_workers):
    examples = dataset()
    loader = DataLoader(
        examples,
        batch_size=7,
        num_workers=num_workers,
        collate_fn=list,
        multiprocessing_context="fork",
    )
    items = [item for batch in loader for item in batch]
    assert len(items) == 60
    for index, item in enumerate(items):
        assert_same_item(item, examples[index])


def test_ready_batches_are_the_trainer_s_in_the_trainer_s_order(dataset, own_examples):
    examples = dataset()
    epochs = [
        [index for batch in examples.batches(20, epoch=epoch) for index in batch.examples.tolist()]
        for epoch in (0, 1)
    ]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(60))
    assert epochs[0] != epochs[1]
    (first, *_) = examples.batches(20)
    own = own_examples(0, Split.TRAIN)
    expected = own.batch(own.draw(np.arange(20)))
    assert torch.equal(first.frames, expected.frames)


def test_collated_items_are_padded_with_a_mask(dataset):
    examples = dataset()
    items = [examples[index] for index in range(6)]
    batch = examples.collate(items)
    longest = max(len(item.symbols) for item in items)
    assert batch.frames.shape == (6, longest, 1, 8, 8)
    for row, item in enumerate(items):
        length = len(item.symbols)
        assert batch.is_shown[row].tolist() == [True] * length + [False] * (longest - length)
        assert torch.equal(batch.frames[row, :length], item.frames)
        assert not batch.frames[row, length:].any()
        assert (batch.symbols[row, length:] == -1).all()
        assert batch.answers[row] == item.answer


def test_the_alphabet_comes_with_it(dataset):
    assert dataset().alphabet.size == 26
