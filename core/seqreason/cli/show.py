"""`seqreason show`."""

from pathlib import Path
from typing import Annotated

import typer

from seqreason.cli import options
from seqreason.errors import UnknownNameError


def show_command(
    spec: options.Spec,
    split: Annotated[
        str, typer.Option(metavar="NAME", help="train, valid, test, or a shifted test.")
    ] = "train",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The picture; default: BENCHMARK-SPLIT.png.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Default: the spec's first seed.")] = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="How many sequences.")] = 12,
    overrides: options.Overrides = None,
    plugin: options.Plugins = None,
) -> None:
    """Draw a sheet of examples as a model sees them, each with its answer and its rule.

    Examples:

      seqreason show normal --split test --out sheet.png
    """
    import torch

    from seqreason.assembly import assemble
    from seqreason.cli.output import results_console
    from seqreason.glyphs import Split
    from seqreason.registry import load_registry
    from seqreason.reports.sheet import draw_sheet, save_sheet
    from seqreason.spec import load_benchmark

    registry = load_registry(plugin or [])
    checked = load_benchmark(spec, registry, overrides=overrides or [])
    splits = {known.label: known for known in Split}
    if split not in (*splits, *checked.evaluation.shifted):
        raise UnknownNameError(split, noun="split", known=[*splits, *checked.evaluation.shifted])
    benchmark = assemble(checked, registry, device=torch.device("cpu"))
    chosen = checked.seeds[0] if seed is None else seed
    examples = (
        benchmark.examples(chosen, splits[split])
        if split in splits
        else benchmark.shifted_examples(chosen, split)
    )
    path = out or Path(f"{checked.benchmark}-{split}.png")
    title = f"{checked.benchmark}, {split} split, seed {chosen}, glyphs from {checked.source.kind}"
    save_sheet(draw_sheet(examples, count=count, title=title), path)
    results_console().print(f"{path}: {count} sequences", markup=False)
