import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqreason.errors import SeqreasonError
from seqreason.structures.axes import ShapeError
from seqreason.structures.packing import Batch, Packing

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=12).map(
    lambda lengths: np.array(sorted(lengths, reverse=True))
)


@given(LENGTHS)
def test_packed_order_is_that_of_torch(lengths):
    rows = torch.arange(len(lengths) * 9.0).reshape(len(lengths), 9, 1)
    theirs = pack_padded_sequence(rows, torch.from_numpy(lengths), batch_first=True)
    packing = Packing.of_lengths(lengths)
    assert packing.sizes.tolist() == theirs.batch_sizes.tolist()
    padded, _ = pad_packed_sequence(packing.pack(theirs.data), batch_first=True)
    assert torch.equal(packing.pad(theirs.data), padded)


@given(LENGTHS)
def test_unpadding_undoes_padding(lengths):
    packing = Packing.of_lengths(lengths)
    rows = torch.arange(packing.num_frames * 2.0).reshape(-1, 2)
    assert torch.equal(packing.unpad(packing.pad(rows, value=-1.0)), rows)


@given(LENGTHS)
def test_the_last_frame_of_each_sequence_is_found(lengths):
    rows = torch.arange(len(lengths) * 9).reshape(len(lengths), 9)
    packed = pack_padded_sequence(rows, torch.from_numpy(lengths), batch_first=True)
    last = packed.data[Packing.of_lengths(lengths).last]
    assert last.tolist() == [int(rows[i, n - 1]) for i, n in enumerate(lengths)]


@pytest.mark.parametrize("lengths", [[], [2, 3], [2, 0]])
def test_lengths_that_rise_or_are_empty_are_refused(lengths):
    with pytest.raises(SeqreasonError, match="lengths must go from the longest to the shortest"):
        Packing.of_lengths(np.array(lengths, dtype=np.int64))


def test_a_batch_has_one_frame_a_place_of_its_packing():
    packing = Packing.of_lengths(np.array([2, 1]))
    symbols = torch.zeros(3, dtype=torch.int64)
    with pytest.raises(ShapeError, match="batch frames"):
        Batch(torch.zeros(4, 1, 8, 8), symbols, symbols, packing, torch.arange(2))
