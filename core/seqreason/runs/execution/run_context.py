"""What a process needs to compute cells: the registry, glyphs, the last benchmark."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, final

import torch

from seqreason.assembly import Benchmark, assemble, data_digest
from seqreason.data import GlyphLoader
from seqreason.interfaces import no_progress
from seqreason.registry import Registry, load_registry
from seqreason.runs.store.cell import Cell
from seqreason.spec import BenchmarkSpec
from seqreason.spec.loading import check_benchmark


@final
class RunContext:
    """Makes cells and benchmarks of specs, and loads their common data once."""

    def __init__(
        self, registry: Registry, *, progress: Callable[[int, int], None] = no_progress
    ) -> None:
        self.registry = registry
        self._loader = GlyphLoader(registry, progress=progress)
        self._last: tuple[str, Benchmark] | None = None

    def spec(self, data: Mapping[str, Any]) -> BenchmarkSpec:
        """The spec of plain *data*, checked."""
        return check_benchmark(data, self.registry, where="spec")

    def cell(
        self, spec: BenchmarkSpec, seed: int, *, arm: str = "", is_trial: bool = False
    ) -> Cell:
        """The cell of *spec* at *seed* on the current data."""
        digest = data_digest(spec, self._loader)
        return Cell.of(spec, seed, self.registry, data_digest=digest, arm=arm, is_trial=is_trial)

    def benchmark(self, spec: BenchmarkSpec, device: torch.device) -> Benchmark:
        """The parts of *spec* on *device*; the last ones are kept for its next seed."""
        key = f"{device} {spec!r}"
        if self._last is None or self._last[0] != key:
            self._last = (key, assemble(spec, self.registry, device=device, loader=self._loader))
        return self._last[1]


@cache
def run_context_of(plugins: Sequence[str]) -> RunContext:
    """This process's context, with *plugins* (a tuple of files or modules) loaded."""
    return RunContext(load_registry(plugins))
