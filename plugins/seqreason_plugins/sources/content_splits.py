"""Splits that follow from what the files hold, whatever they are called."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqreason import Split


def splits_by_content(
    labels: NDArray[np.int64], contents: Sequence[bytes], *, valid_share: float, test_share: float
) -> NDArray[np.uint8]:
    """The split of each file: its content's rank among the contents of its label decides.

    *contents* are hashes, so their order is as good as chance and asks for no seed. Files of
    one content share a split. The first contents are for test, the next for valid, the others
    for train; each gets its share of a label's contents, rounded, and one at least.

    Shapes:
        labels: (files,), of each of which there are 3 different contents at least
        returns: (files,), values of `Split`
    """
    splits = np.empty(len(labels), dtype=np.uint8)
    order = np.array([Split.TEST, Split.VALID, Split.TRAIN], dtype=np.uint8)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label).tolist()
        ranks = {
            content: rank for rank, content in enumerate(sorted({contents[i] for i in places}))
        }
        num_valid, num_test = _counts(len(ranks), valid_share=valid_share, test_share=test_share)
        bounds = [num_test, num_test + num_valid]
        splits[places] = order[np.digitize([ranks[contents[i]] for i in places], bounds)]
    return splits


def _counts(total: int, *, valid_share: float, test_share: float) -> tuple[int, int]:
    """How many of *total* are for valid and for test, so that one is left for train."""
    num_valid = min(max(1, round(total * valid_share)), total - 2)
    num_test = min(max(1, round(total * test_share)), total - 1 - num_valid)
    return num_valid, num_test
