"""The canonical form of a spec, and its digest."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from seqreason.spec.benchmark import BenchmarkSpec
from seqreason.structures.settings import CANONICAL


def canonical(spec: BenchmarkSpec) -> dict[str, Any]:
    """*spec* as plain data with its defaults written out, without its seeds and resources.

    Two spec files with the same meaning have one canonical form. A setting marked
    `Since` is left out at its default, so adding it changes no digest.
    """
    return spec.model_dump(mode="json", exclude={"seeds", "resources"}, context=CANONICAL)


def digest_of(data: Any) -> str:
    """A 128-bit hash of plain data, in hexadecimal; the order of keys does not count."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def spec_digest(spec: BenchmarkSpec) -> str:
    """The digest of the spec's canonical form."""
    return digest_of(canonical(spec))


def flattened(data: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dotted paths for keys."""
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping) and value:
            flat |= flattened(value, f"{path}{key}.")
        else:
            flat[f"{path}{key}"] = value
    return flat
