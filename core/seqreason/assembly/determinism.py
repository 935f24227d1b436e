"""Torch's global generators and its number of threads, set for a block and then restored.

Layers of torch draw their initial weights and their dropout from global generators and accept no
other. So these are seeded from a `Stream`, inside a block that restores them at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded_torch(seed: int) -> Iterator[None]:
    """Inside the block torch's generators start at *seed*; after it they are as before."""
    with torch.random.fork_rng():
        reseed_torch(seed)
        yield


def reseed_torch(seed: int) -> None:
    """Start torch's generators at *seed*; only for use inside `seeded_torch`."""
    torch.manual_seed(seed)  # noqa: TID251  # the only place, and always inside a fork


@contextmanager
def torch_threads(count: int | None) -> Iterator[None]:
    """Inside the block torch computes with *count* threads, None for as many as before.

    One thread is quickest for small tensors: on a busy machine several wait for each other.
    """
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
