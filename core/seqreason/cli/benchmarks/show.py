"""`seqreason show`."""

from pathlib import Path
from typing import Annotated

from typer import Option

from seqreason.cli import options
from seqreason.cli.inline_image import show_inline
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_line
from seqreason.errors import counted

with lazy_imports():
    from torch import device

    from seqreason.assembly import assemble, examples_named
    from seqreason.registry import load_registry
    from seqreason.reports.page import png_of, save_sheet
    from seqreason.reports.sheet import draw_sheet
    from seqreason.spec import BenchmarkSpec, load_benchmark


@when_run
def show_command(
    spec: options.Spec,
    split: Annotated[
        str, Option(metavar="NAME", help="train, valid, test, or the name of a shifted test.")
    ] = "train",
    out: Annotated[
        Path | None,
        Option(metavar="FILE", help="Write the picture there. Default: BENCHMARK-SPLIT.png."),
    ] = None,
    seed: options.Seed = None,
    count: Annotated[int, Option(min=1, max=100, metavar="N", help="Draw N sequences.")] = 12,
    inline: Annotated[
        bool | None,
        Option(
            "--inline/--no-inline",
            help="Also show the picture in the terminal. Default: if the terminal supports it.",
        ),
    ] = None,
    overrides: options.Overrides = None,
    plugin: options.Plugins = None,
) -> None:
    """Draw a sheet of examples, each with its answer and its rule.

    The frames are those that a model receives.

    Examples:

      seqreason show quickstart

      seqreason show normal --split test --out sheet.png
    """
    registry = load_registry(plugin or [])
    benchmark = load_benchmark(spec, registry, overrides=overrides or [])
    chosen = benchmark.seeds[0] if seed is None else seed
    assembled = assemble(benchmark, registry, device=device("cpu"))
    examples = examples_named(assembled, split, seed=chosen)
    caption = _caption(benchmark, split=split, seed=chosen)
    sheet = draw_sheet(examples, count=count, title=benchmark.benchmark, caption=caption)
    path = out or Path(f"{benchmark.benchmark}-{split}.png")
    save_sheet(sheet, path)
    show_inline(lambda: png_of(sheet), wanted=inline)
    print_line(f"{path}: {counted(count, 'sequence')}")


def _caption(spec: "BenchmarkSpec", *, split: str, seed: int) -> str:
    """The generator, split, seed and glyph source; a shifted test may have its own."""
    generator = spec.shifted_generators().get(split, spec.generator)
    source = spec.shifted_sources().get(split, spec.source)
    parts = [f"generator {generator.kind}", f"{split} split", f"seed {seed}"]
    return " · ".join([*parts, f"glyphs from {source.kind}"])
