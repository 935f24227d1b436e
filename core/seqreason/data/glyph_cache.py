"""The cache on disk for glyphs that a source has drawn, parsed or resampled."""

import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from platformdirs import user_cache_path

from seqreason.data.atomic_write import atomic_write
from seqreason.interfaces import GlyphSource, SourceContext, no_progress
from seqreason.registry import Registry
from seqreason.registry.provenance import source_digest
from seqreason.spec.choice import PluginChoice
from seqreason.spec.digest import digest_of
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.glyphs import Glyphs

CACHE_VARIABLE: Final = "SEQREASON_CACHE"


def cache_folder() -> Path:
    """The folder of downloads and glyphs: `$SEQREASON_CACHE`, or the platform's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else user_cache_path("seqreason")


def load_glyphs(
    choice: PluginChoice, registry: Registry, *, progress: Callable[[int, int], None] = no_progress
) -> Glyphs:
    """The glyphs of the chosen source, from the cache if they are there.

    Raises:
        DataError: the source's data are missing or damaged.
        PluginError: the source raised something else.
    """
    plugin = registry.find("source", choice.kind).plugin
    context = SourceContext(cache_folder=cache_folder(), progress=progress)
    source = registry.build(GlyphSource, choice.kind, choice.config, context)
    with registry.named_faults("source", choice.kind, "cannot give its fingerprint"):
        fingerprint = source.fingerprint()
    key = digest_of([choice.dump(), plugin.version, source_digest(plugin), fingerprint])
    path = cache_folder() / "glyphs" / f"{choice.kind}-{key}.npz"
    cached = _read(path)
    if cached is not None:
        return cached
    with registry.named_faults("source", choice.kind, "cannot be loaded"):
        glyphs = source.load()
    # Without a cache the glyphs are loaded again the next time.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            np.savez(
                file,
                images=glyphs.images,
                labels=glyphs.labels,
                splits=glyphs.splits,
                symbols=np.array(glyphs.alphabet.symbols),
                notes=np.array(glyphs.notes, dtype=np.str_),
            )
    return glyphs


def _read(path: Path) -> Glyphs | None:
    """The cached glyphs, or None; a damaged file counts as missing and is written again."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            alphabet = Alphabet(symbols=tuple(str(symbol) for symbol in arrays["symbols"]))
            notes = tuple(str(note) for note in arrays["notes"])
            return Glyphs(arrays["images"], arrays["labels"], arrays["splits"], alphabet, notes)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
