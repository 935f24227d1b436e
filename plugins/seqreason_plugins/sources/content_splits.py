"""Splits that depend on the content of files, not on their names."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqreason import Split


def splits_by_content(
    labels: NDArray[np.int64], contents: Sequence[bytes], *, valid_share: float, test_share: float
) -> NDArray[np.uint8]:
    """The split of each file, by the rank of its content among those of its label.

    *contents* are hashes, so their order is random without a seed. Equal files share a split. The
    first contents are for test, the next for valid, the rest for train. Test and valid get their
    share of a label's contents, rounded, and at least one.

    Shapes:
        labels: (files,), with at least 3 different contents for each label
        returns: (files,), values of `Split`
    """
    splits = np.empty(len(labels), dtype=np.uint8)
    order = np.array([Split.TEST, Split.VALID, Split.TRAIN], dtype=np.uint8)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label).tolist()
        distinct = sorted({contents[i] for i in places})
        ranks = {content: rank for rank, content in enumerate(distinct)}
        # At least one is left for train.
        num_valid = min(max(1, round(len(ranks) * valid_share)), len(ranks) - 2)
        num_test = min(max(1, round(len(ranks) * test_share)), len(ranks) - 1 - num_valid)
        bounds = [num_test, num_test + num_valid]
        splits[places] = order[np.digitize([ranks[contents[i]] for i in places], bounds)]
    return splits
