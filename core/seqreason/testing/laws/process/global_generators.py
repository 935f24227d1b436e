"""The generators that everything in a process shares: set to a state, watched, and given back."""

import pickle
import random  # noqa: TID251  # to tell who uses it
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from seqreason.assembly.determinism import seeded_torch
from seqreason.randomness import Stream

Moved = Callable[[], str]


@contextmanager
def global_generators_at(seed: int) -> Iterator[Moved]:
    """A block in which all of them begin at a state of *seed*'s; after it they are as before.

    What it gives says, when it is called, which of them have been drawn from or seeded since:
    `random`, `numpy.random`; "" for none.
    """
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  # not drawn from
    # One that nobody chooses: who seeds with 0, as many do, is to be found out.
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
        np.random.set_state(numpy)  # noqa: NPY002  # given back


def _states() -> dict[str, bytes]:
    return {
        "random": pickle.dumps(random.getstate()),
        "numpy.random": pickle.dumps(np.random.get_state()),  # noqa: NPY002  # not drawn from
        "torch's generator": torch.get_rng_state().numpy().tobytes(),
    }
