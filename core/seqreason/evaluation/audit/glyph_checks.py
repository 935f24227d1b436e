"""Law 3: no glyph is in two splits, neither the same glyph, nor a copy or a near copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from seqreason.data import GlyphBank
from seqreason.data.glyph_cache import cache_folder
from seqreason.errors import counted
from seqreason.evaluation.audit.findings import Check, CheckResult, noted, passed, violated
from seqreason.interfaces import GlyphSource, SourceContext
from seqreason.registry import Registry
from seqreason.spec import PluginChoice
from seqreason.structures.glyphs import Split

_CHUNK: Final = 4096
_LEAST_STEP: Final = 0.5


@final
@dataclass(frozen=True)
class UsedGlyphs:
    """Every glyph that a split can choose, one row for each split that can.

    Shapes:
        places: (glyphs,), int64, places in the bank
        splits: (glyphs,), int64, values of `Split`
        labels: (glyphs,), int64, symbols
        images: (glyphs, height, width), uint8
    """

    places: NDArray[np.int64]
    splits: NDArray[np.int64]
    labels: NDArray[np.int64]
    images: NDArray[np.uint8]

    @classmethod
    def of(cls, bank: GlyphBank) -> "UsedGlyphs":
        """All glyphs that *bank* can choose."""
        rows = [_choices(bank, split) for split in Split]
        places = np.concatenate([chosen for chosen, _ in rows])
        splits = np.repeat(np.arange(len(Split)), [len(chosen) for chosen, _ in rows])
        labels = np.concatenate([symbols for _, symbols in rows])
        return cls(places, splits, labels, bank.images.cpu().numpy()[places])


def _choices(bank: GlyphBank, split: Split) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of all glyphs of *split*, and the symbol that each is chosen for."""
    counts = bank.counts(split)
    symbols = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(symbols)) - np.repeat(np.cumsum(counts) - counts, counts)
    # The least word for which `choose` takes the nth of its glyphs: nth·2^32 / count, rounded up.
    words = -(-(nth << 32) // counts[symbols])
    return bank.choose(split, symbols, words.astype(np.uint32)), symbols


def glyph_checks(
    bank: GlyphBank, choice: PluginChoice, registry: Registry, *, shifted: Mapping[str, GlyphBank]
) -> list[Check]:
    """The checks of the benchmark's glyphs, and of the banks of shifts with their own source."""
    used = UsedGlyphs.of(bank)
    contents = _contents(used.images)
    return [
        Check("glyphs-by-identity", 3, lambda: disjoint_by_identity(used)),
        Check("glyphs-by-content", 3, lambda: disjoint_by_content(used, contents)),
        *(
            Check(f"glyphs-by-content/{name}", 3, partial(disjoint_from, bank, other))
            for name, other in shifted.items()
        ),
        *(
            Check(f"copies-removed/{name}" if name else "copies-removed", 3, partial(_copies, one))
            for name, one in {"": bank, **shifted}.items()
        ),
        Check("near-copies", 3, lambda: near_copies(used)),
        Check("one-image-one-label", 3, lambda: one_label_each(used, contents)),
        Check("source-repeats", 3, lambda: _loads_the_same(bank, choice, registry)),
    ]


def disjoint_by_identity(used: UsedGlyphs) -> CheckResult:
    """Violated if two splits choose one place of the bank."""
    counts = _in_an_earlier_split(used.places, used.splits)
    if sum(counts.values()):
        return violated(f"splits choose the same glyphs: {_shared(counts)}", shared=counts)
    return passed(f"no glyph of {len(used.places):,} is chosen by two splits")


def disjoint_by_content(used: UsedGlyphs, contents: NDArray[np.int64]) -> CheckResult:
    """Violated if two splits choose one image."""
    counts = _in_an_earlier_split(contents, used.splits)
    if sum(counts.values()):
        return violated(f"splits share images: {_shared(counts)}", shared=counts)
    return passed(f"no image of {len(contents):,} is chosen by two splits")


def disjoint_from(bank: GlyphBank, other: GlyphBank) -> CheckResult:
    """Violated if a shift's own source tests with train or valid glyphs of the benchmark."""
    own, others = UsedGlyphs.of(bank), UsedGlyphs.of(other)
    is_trained, is_tested = own.splits != Split.TEST, others.splits == Split.TEST
    images = np.concatenate([own.images[is_trained], others.images[is_tested]])
    splits = np.repeat([0, int(Split.TEST)], [is_trained.sum(), is_tested.sum()])
    count = _in_an_earlier_split(_contents(images), splits)["test"]
    if count:
        return violated(
            f"{count:,} of {is_tested.sum():,} images of the shift's own source are among the "
            "benchmark's train and valid glyphs",
            shared=count,
        )
    return passed(f"none of {is_tested.sum():,} images is among the train and valid glyphs")


def _copies(bank: GlyphBank) -> CheckResult:
    """Noted if the bank left out glyphs that an earlier split, or the benchmark itself, has."""
    count = bank.num_copies_removed
    if count:
        return noted(
            f"the source has {count:,} exact copies of glyphs that an earlier split uses; they "
            "are left out",
            copies=count,
        )
    return passed("the source has no exact copy in two splits", copies=0)


def near_copies(used: UsedGlyphs) -> CheckResult:
    """Noted if glyphs of two splits have one difference hash: they look similar, or very plain."""
    counts = _in_an_earlier_split(difference_hashes(used.images), used.splits)
    if sum(counts.values()):
        sizes = {split.label: int((used.splits == split).sum()) for split in Split}
        shares = ", ".join(f"{n:,} of {sizes[name]:,} {name}" for name, n in counts.items())
        return noted(
            f"{shares} glyphs look like a glyph of an earlier split (the same 64-bit hash)",
            similar=counts,
        )
    return passed("no two glyphs of two splits have the same 64-bit hash", similar=counts)


def one_label_each(used: UsedGlyphs, contents: NDArray[np.int64]) -> CheckResult:
    """Noted if one image has two labels, so that no model can read it."""
    pairs = np.unique(np.stack([contents, used.labels]), axis=1)
    count = int((np.bincount(pairs[0]) > 1).sum())
    if count:
        return noted(f"{counted(count, 'image')} with two labels or more", images=count)
    return passed("no image has two labels", images=0)


def _loads_the_same(bank: GlyphBank, choice: PluginChoice, registry: Registry) -> CheckResult:
    """Violated if the source loads different glyphs when it is made and loaded again."""
    context = SourceContext(cache_folder=cache_folder())
    digest = registry.build(GlyphSource, choice.kind, choice.config, context).load().digest()
    if digest != bank.digest:
        return violated(
            f"source {choice.kind} loads different glyphs each time: {bank.digest} before, now "
            f"{digest}; make `load` a function of its `Config` and its files alone",
            digests=[bank.digest, digest],
        )
    return passed(f"source {choice.kind} loads the same glyphs again", digest=digest)


def _contents(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """A number for each image, shape (glyphs,): the same number for equal images."""
    hashes = [blake2b(image.tobytes(), digest_size=16).digest() for image in images]
    # As raw bytes, because numpy's strings end at a zero byte.
    rows = np.frombuffer(b"".join(hashes), dtype=np.dtype((np.void, 16)))
    return np.unique(rows, return_inverse=True)[1].ravel()


def difference_hashes(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """A 64-bit difference hash of each image.

    The image is averaged to 8 rows of 9 areas. Each bit says whether one area is brighter than its
    left neighbour. Krawetz, "Kind of like that", The Hacker Factor Blog, 2013.

    Shapes:
        images: (glyphs, height, width)
        returns: (glyphs,)
    """
    above, beside = _area_weights(images.shape[1], 8), _area_weights(images.shape[2], 9).T
    hashes = []
    for begin in range(0, len(images), _CHUNK):
        small = above @ images[begin : begin + _CHUNK].astype(np.float32) @ beside
        # A step below half a grey level is rounding.
        grows = np.diff(small, axis=2) > _LEAST_STEP
        hashes.append(np.packbits(grows.reshape(len(small), 64), axis=1).view(np.uint64)[:, 0])
    return np.concatenate(hashes)


def _area_weights(size: int, count: int) -> NDArray[np.float32]:
    """The share of each of *count* equal parts that each of *size* pixels covers; rows sum to 1."""
    edges, pixels = np.arange(count + 1) * size / count, np.arange(size)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.maximum(overlap, 0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _in_an_earlier_split(keys: NDArray[Any], splits: NDArray[np.int64]) -> dict[str, int]:
    """How many glyphs of valid and of test have a key that an earlier split also has."""
    _, key = np.unique(keys, return_inverse=True)
    first = np.full(key.max(initial=-1) + 1, len(Split))
    np.minimum.at(first, key, splits)
    is_later = splits > first[key]
    return {s.label: int((is_later & (splits == s)).sum()) for s in (Split.VALID, Split.TEST)}


def _shared(counts: Mapping[str, int]) -> str:
    shared = " and ".join(f"{count:,} of {name}" for name, count in counts.items())
    return f"{shared} are also in an earlier split"
