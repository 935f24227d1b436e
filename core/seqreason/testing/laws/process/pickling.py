"""Pickling, as for the way to another process."""

import pickle
from typing import TypeVar

Value = TypeVar("Value")


def pickled(value: Value) -> Value:
    """A copy of *value*, pickled and unpickled."""
    copy: Value = pickle.loads(pickle.dumps(value))  # noqa: S301  # it was pickled right here
    return copy
