import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seqreason.errors import SpecError
from seqreason.randomness import Stream, philox

SEEDS = st.integers(0, 2**64 - 1)
INDICES = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ([0, 0, 0, 0], 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ([0xFFFFFFFF] * 4, 2**64 - 1, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            0x299F31D0A4093822,
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_known_answers(counter, key, words):
    found = philox(np.array(counter, dtype=np.uint64)[:, None], key=key)
    assert " ".join(f"{word:08x}" for word in found[:, 0]) == words


@given(SEEDS, INDICES, st.integers(1, 9))
def test_an_item_is_the_same_drawn_alone(seed, items, count):
    stream = Stream.of(seed, "train")
    together = stream.bits(items, count=count)
    alone = [stream.bits([item], count=count)[0] for item in items]
    np.testing.assert_array_equal(together, alone)


@given(SEEDS, st.integers(1, 9), st.integers(1, 9))
def test_drawing_more_numbers_for_an_item_keeps_the_first_ones(seed, fewer, more):
    stream = Stream.of(seed)
    longer = stream.bits(np.arange(5), count=fewer + more)
    np.testing.assert_array_equal(longer[:, :fewer], stream.bits(np.arange(5), count=fewer))


@given(st.lists(st.tuples(SEEDS, st.text(), st.text()), unique=True, min_size=2, max_size=30))
def test_streams_of_different_seeds_or_names_share_no_key(names):
    assert len({Stream.of(*name).key for name in names}) == len(names)


def test_paths_with_the_same_letters_in_other_names_differ():
    assert Stream.of(0, "ab", "c").key != Stream.of(0, "a", "bc").key
    assert Stream.of(0, "ab").key != Stream.of(0, "a", "b").key


@given(SEEDS, st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=20))
def test_below_stays_below_each_item_s_own_bound(seed, bounds):
    drawn = Stream.of(seed).below(np.arange(len(bounds)), np.array(bounds)[:, None])[:, 0]
    assert (drawn >= 0).all()
    assert (drawn < bounds).all()


def test_below_is_uniform():
    drawn = Stream.of(1, "test").below(np.arange(26_000), 26)[:, 0]
    assert stats.chisquare(np.bincount(drawn, minlength=26)).pvalue > 0.001


def test_normal_numbers_are_normal():
    drawn = Stream.of(2).normal(np.arange(20_000))[:, 0]
    assert stats.kstest(drawn, "norm").pvalue > 0.001


@given(SEEDS, st.integers(0, 200))
def test_a_permutation_holds_each_number_once(seed, size):
    assert sorted(Stream.of(seed).permutation(size)) == list(range(size))


def test_permutations_of_different_items_differ():
    stream = Stream.of(0)
    assert stream.permutation(50, item=0).tolist() != stream.permutation(50, item=1).tolist()


def test_numpy_s_global_generator_stays_untouched():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    Stream.of(0).bits(np.arange(10))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_outside_64_bits_is_refused(seed):
    with pytest.raises(SpecError, match=f"a seed is an integer from 0 to 2\\^64 - 1, got {seed}"):
        Stream.of(seed)
