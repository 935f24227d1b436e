"""The speed of drawing sequences, and the share of a training step that makes its batch.

    python -m seqreason_benchmarks.speed.drawing

prints the sequences per second on one core of every installed generator. For the report's model on
the packaged spec `normal` it prints the time of making a batch and the time of a training step.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.console import Console
from rich.table import Table

from seqreason.assembly import Benchmark, assemble, generator_of
from seqreason.assembly.determinism import seeded_torch
from seqreason.errors import SpecError
from seqreason.randomness import Stream
from seqreason.registry import Registry, load_registry
from seqreason.spec import PluginChoice, load_benchmark
from seqreason.spec.metrics import format_share
from seqreason.structures.glyphs import Split
from seqreason.training import make_fabric
from seqreason.training.optimiser import make_optimiser

_NUM_SEQUENCES = 100_000
_ALPHABET_SIZE = 26


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Timed repetitions; shows the medians.")] = 15,
) -> None:
    """Print both tables."""
    registry = load_registry()
    console = Console()
    console.print(_drawing_table(registry, rounds))
    console.print(_step_table(registry, rounds))


def _drawing_table(registry: Registry, rounds: int) -> Table:
    table = Table("generator", "sequences a second", title="Drawing symbols, one core")
    for plugin in registry.of_kind("generator"):
        try:
            config = registry.default_config("generator", plugin.name)
        except SpecError:
            continue
        choice = PluginChoice(plugin.name, config)
        generator = generator_of(choice, registry, alphabet_size=_ALPHABET_SIZE)
        examples = np.arange(_NUM_SEQUENCES)
        seconds = _median_seconds(lambda: generator.draw(Stream.of(0), examples), rounds)  # noqa: B023
        table.add_row(plugin.name, f"{_NUM_SEQUENCES / seconds:,.0f}")
    return table


def _step_table(registry: Registry, rounds: int) -> Table:
    spec = load_benchmark("normal", registry)
    fabric = make_fabric(spec.training)
    benchmark = assemble(spec, registry, device=fabric.device)
    examples = benchmark.examples(0, Split.TRAIN)
    indices = np.arange(spec.training.batch_size)

    def batch() -> Any:
        return examples.batch(examples.draw(indices))

    making = _median_seconds(batch, rounds)
    training = _median_seconds(_step(benchmark, fabric, batch()), rounds)
    title = f"A training step of `normal`, {spec.training.batch_size} sequences"
    table = Table("part", "milliseconds", "share of the step", title=title)
    for name, seconds in (("batch", making), ("model", training)):
        share = seconds / (making + training)
        table.add_row(name, f"{1000 * seconds:.2f}", format_share(share, places=1))
    return table


def _step(benchmark: Benchmark, fabric: Any, batch: Any) -> Callable[[], None]:
    """One step of the model on *batch*: forward, backward and the optimiser's."""
    model = benchmark.model(0)
    model, optimiser = fabric.setup(model, make_optimiser(model, benchmark.spec.training))

    def step() -> None:
        with seeded_torch(0):
            reasoning = model(batch.frames, batch.packing, batch.symbols)
            losses = benchmark.loss.losses(reasoning, batch)
            loss = benchmark.loss.total(losses, batch.packing)
            optimiser.zero_grad()
            fabric.backward(loss)
            optimiser.step()
        if fabric.device.type == "cuda":
            torch.cuda.synchronize()

    return step


def _median_seconds(work: Callable[[], object], rounds: int) -> float:
    """The median over *rounds* calls, after two uncounted ones."""
    seconds = []
    for _ in range(rounds + 2):
        started = perf_counter()
        work()
        seconds.append(perf_counter() - started)
    return median(seconds[2:])


if __name__ == "__main__":
    typer.run(main)
