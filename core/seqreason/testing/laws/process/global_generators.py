"""The global random generators of a process: set to a state, watched, and restored."""

import pickle
import random  # noqa: TID251  # to see who uses it
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from seqreason.assembly.determinism import seeded_torch
from seqreason.randomness import Stream

Moved = Callable[[], str]


@contextmanager
def global_generators_at(seed: int) -> Iterator[Moved]:
    """A block in which they begin at a state made from *seed*; afterwards they are restored.

    It yields a function that names the generators that were used or seeded since then:
    `random, numpy.random`, or "" for none.
    """
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  # not drawn from
    # An unusual state, so that a plug-in that seeds with 0 is noticed.
    state = Stream.of(seed, "global generators").seed() % 2**32
    random.seed(state)
    np.random.seed(state)  # noqa: NPY002  # to see whether a plug-in reads it
    try:
        with seeded_torch(state):
            before = _states()
            yield lambda: ", ".join(
                name for name, state in _states().items() if state != before[name]
            )
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002  # restored


def _states() -> dict[str, bytes]:
    return {
        "random": pickle.dumps(random.getstate()),
        "numpy.random": pickle.dumps(np.random.get_state()),  # noqa: NPY002  # not drawn from
        "torch's generator": torch.get_rng_state().numpy().tobytes(),
    }
