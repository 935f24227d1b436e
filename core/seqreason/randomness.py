"""Counter-based randomness: the numbers of item *i* depend on the stream's name and *i* alone.

A `Stream` is a 64-bit key made from a seed and a path of names. It has no state. Philox4x32-10
maps an item's index, as the counter, to random bits (Salmon, Moraes, Dror & Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011). So an item is the same in any order, in a batch of any size
and with any number of workers. Streams of different seeds or names have different keys, and each
key is another permutation of 2^128 counters. Whole arrays of items are drawn at once. Global
generators stay untouched.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqreason.errors import SpecError

Integers = NDArray[np.int64]

_MULTIPLIERS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS: Final = (0x9E3779B9, 0xBB67AE85)
_ROUNDS: Final = 10
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


@final
@dataclass(frozen=True)
class Stream:
    """A named source of random numbers, addressed by item."""

    key: int

    @classmethod
    def of(cls, seed: int, *path: str) -> "Stream":
        """The stream of *seed* and *path*; streams that differ in either have different keys.

        Raises:
            SpecError: *seed* is negative or does not fit into 64 bits.
        """
        if not 0 <= seed < 2**64:
            raise SpecError(f"a seed is an integer from 0 to 2^64 - 1, got {seed}")
        return cls(_hashed(seed.to_bytes(8, "little"), path))

    def child(self, *path: str) -> "Stream":
        """A stream for one purpose of this one, such as `child("difference")`."""
        return Stream(_hashed(self.key.to_bytes(8, "little"), path))

    def bits(self, items: ArrayLike, *, count: int = 1) -> NDArray[np.uint32]:
        """Uniform random 32-bit words.

        Shapes:
            items: (items,), integers of at least 0
            returns: (items, count)
        """
        index = np.asarray(items, dtype=np.uint64)
        blocks = -(-count // 4)
        # Words 0 and 1 count items, word 2 the blocks of four words that one item draws.
        counter = np.zeros((4, len(index), blocks), dtype=np.uint64)
        counter[0] = (index & _LOW)[:, None]
        counter[1] = (index >> _HALF)[:, None]
        counter[2] = np.arange(blocks, dtype=np.uint64)
        words = philox(counter, key=self.key)
        return words.transpose(1, 2, 0).reshape(len(index), blocks * 4)[:, :count]

    def uniform(self, items: ArrayLike, *, count: int = 1) -> NDArray[np.float64]:
        """Uniform numbers in [0, 1), in steps of 2^-32.

        Shapes:
            items: (items,), integers of at least 0
            returns: (items, count), float64
        """
        return self.bits(items, count=count) * np.float64(2.0**-32)

    def below(self, items: ArrayLike, bound: ArrayLike, *, count: int = 1) -> Integers:
        """Uniform integers in 0 … bound - 1, by multiplication without rejection.

        The probability of an outcome is wrong by at most 2^-32. Lemire, "Fast random integer
        generation in an interval", ACM Transactions on Modeling and Computer Simulation, 2019.

        Shapes:
            items: (items,), integers of at least 0
            bound: one number, or broadcast against (items, count); from 1 to 2^31 - 1
            returns: (items, count), int64
        """
        wide = self.bits(items, count=count).astype(np.uint64)
        return ((wide * np.asarray(bound, dtype=np.uint64)) >> _HALF).astype(np.int64)

    def normal(self, items: ArrayLike, *, count: int = 1) -> NDArray[np.float64]:
        """Standard normal numbers, by the Box-Muller transform.

        Shapes:
            items: (items,), integers of at least 0
            returns: (items, count), float64
        """
        pairs = self.uniform(items, count=2 * count).reshape(-1, count, 2)
        radius = np.sqrt(-2.0 * np.log1p(-pairs[..., 0]))
        return np.asarray(radius * np.cos(2.0 * np.pi * pairs[..., 1]))

    def permutation(self, size: int, *, item: int = 0) -> Integers:
        """The numbers 0 … size - 1 in a random order, one order for each *item*.

        Shapes:
            returns: (size,), int64
        """
        # 64-bit keys: among a million of them, two are equal with a chance below 1 in 10^7.
        places = self.child(str(item)).bits(np.arange(size), count=2).astype(np.uint64)
        return np.argsort((places[:, 0] << _HALF) | places[:, 1], kind="stable")

    def seed(self, item: int = 0) -> int:
        """A 63-bit seed for a generator that keeps its own state, such as torch's."""
        high, low = (int(word) for word in self.bits([item], count=2)[0])
        return ((high << 32) | low) >> 1


def philox(counter: NDArray[np.uint64], *, key: int) -> NDArray[np.uint32]:
    """Philox4x32-10 of every counter.

    Shapes:
        counter: (4, …), 32-bit words in 64-bit elements
        returns: (4, …), uint32
    """
    # In 64-bit elements, a product of 32-bit words keeps its high half.
    a, b, c, d = counter
    low, high = key & 0xFFFFFFFF, key >> 32
    for _ in range(_ROUNDS):
        first, second = a * _MULTIPLIERS[0], c * _MULTIPLIERS[1]
        a, b = (second >> _HALF) ^ b ^ np.uint64(low), second & _LOW
        c, d = (first >> _HALF) ^ d ^ np.uint64(high), first & _LOW
        low = (low + _KEY_STEPS[0]) & 0xFFFFFFFF
        high = (high + _KEY_STEPS[1]) & 0xFFFFFFFF
    return np.stack([a, b, c, d]).astype(np.uint32)


def _hashed(start: bytes, path: tuple[str, ...]) -> int:
    digest = blake2b(start, digest_size=8, person=b"seqreason")
    for name in path:
        # With its length in front, ("ab", "c") and ("a", "bc") are different paths.
        encoded = name.encode()
        digest.update(len(encoded).to_bytes(4, "little") + encoded)
    return int.from_bytes(digest.digest(), "little")
