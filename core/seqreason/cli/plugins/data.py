"""`seqreason data`: fetching and describing the glyphs of a source."""

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text
from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import notes_console, print_json, print_line, results_console
from seqreason.errors import counted

with lazy_imports():
    from numpy import int64
    from numpy.typing import NDArray
    from torch import device

    from seqreason.data import GlyphBank, load_glyphs
    from seqreason.data.glyph_cache import cache_folder
    from seqreason.registry import load_registry
    from seqreason.reports.glyph_sheet import draw_glyph_sheet
    from seqreason.reports.page import save_sheet
    from seqreason.spec import PluginChoice
    from seqreason.spec.loading import load_choice
    from seqreason.spec.overrides import apply_changes, parse_overrides
    from seqreason.structures.glyphs import Glyphs, Split


app = typer.Typer(no_args_is_help=True, help="Fetch handwriting, and show what it contains.")

Source = Annotated[str, Argument(metavar="SOURCE", help="The name of a source, such as strokes.")]
Overrides = Annotated[
    list[str] | None,
    Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a setting of the source: [bold]--set writers=30[/bold]. Repeatable.",
    ),
]
_SOURCE_PREFIX = "source."


@app.command(name="fetch")
@when_run
def fetch_command(
    source: Source,
    overrides: Overrides = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Download or draw the glyphs of a source, for use offline.

    Run the command again to resume an interrupted download.

    Examples:

      seqreason data fetch ocr-letters
    """
    before = _kept(source)
    choice, glyphs = _loaded(source, overrides, plugin)
    after = _kept(source)
    document = {
        "source": choice.dump(),
        "glyphs": len(glyphs.labels),
        "cache_folder": str(cache_folder()),
        "was_there": bool(after) and after == before,
    }
    if as_json:
        print_json(document)
        return
    new = "now in" if after else "but cannot be written to"
    where = "already in" if document["was_there"] else new
    amount = f"{counted(len(glyphs.labels), 'glyph')} of {glyphs.alphabet.summary()}"
    print_line(f"{source}: {amount}, {where} {cache_folder()}")


@app.command(name="info")
@when_run
def info_command(
    source: Source,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="Also draw sample glyphs to this file.")
    ] = None,
    overrides: Overrides = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Show the symbols, frame size and glyph counts of a source.

    Examples:

      seqreason data info strokes --out glyphs.png
    """
    choice, glyphs = _loaded(source, overrides, plugin)
    facts = _facts(choice, glyphs)
    if out is not None:
        height, width = glyphs.images.shape[1:]
        caption = f"{glyphs.alphabet.summary()} · {height} × {width} pixels · from the train split"
        save_sheet(draw_glyph_sheet(glyphs, title=choice.kind, caption=caption), out)
    if as_json:
        print_json(facts)
        return
    console = results_console()
    console.print(_facts_table(facts, glyphs))
    console.print(_splits_table(facts))
    if out is not None:
        print_line(f"{out}: sample glyphs of the train split")


def _loaded(
    source: str, overrides: list[str] | None, plugins: list[str] | None
) -> "tuple[PluginChoice, Glyphs]":
    """The source with its settings, and its glyphs; shows a progress bar on standard error."""
    registry = load_registry(plugins or [])
    data: dict[str, Any] = {"kind": source}
    # Sources name their settings as specs do, source.path, so this form is accepted too.
    own = [change.removeprefix(_SOURCE_PREFIX) for change in overrides or []]
    apply_changes(data, parse_overrides(own))
    choice = load_choice("source", data, registry, where=f"source {source}")
    with _progress_bar(notes_console(), f"glyphs of {choice.kind}") as progress:
        return choice, load_glyphs(choice, registry, progress=progress)


@contextmanager
def _progress_bar(console: "Console", name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar, which appears with the first report."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task(name, total=None, visible=False)

        def report(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total, visible=True)

        yield report


def _kept(source: str) -> dict[str, int]:
    """The cached files of *source*, each with the time of its last change."""
    files = (cache_folder() / "glyphs").glob(f"{glob.escape(source)}-*.npz")
    return {file.name: file.stat().st_mtime_ns for file in files}


def _facts(choice: "PluginChoice", glyphs: "Glyphs") -> dict[str, Any]:
    """The facts that `--json` prints; copies that are removed across splits do not count."""
    bank = GlyphBank(glyphs, device=device("cpu"))
    height, width = bank.frame_size
    return {
        "source": choice.dump(),
        "alphabet": list(glyphs.alphabet.symbols),
        "frame_size": {"height": height, "width": width},
        "glyphs": len(bank.images),
        "splits": {
            split.label: _split_facts(bank.counts(split), glyphs.alphabet.symbols)
            for split in Split
        },
        "copies_removed": bank.num_copies_removed,
        "digest": bank.digest,
        "notes": list(bank.notes),
        "cache_folder": str(cache_folder()),
    }


def _split_facts(counts: "NDArray[int64]", symbols: tuple[str, ...]) -> dict[str, Any]:
    fewest, most = int(counts.argmin()), int(counts.argmax())
    return {
        "glyphs": int(counts.sum()),
        "fewest": {"symbol": symbols[fewest], "glyphs": int(counts[fewest])},
        "most": {"symbol": symbols[most], "glyphs": int(counts[most])},
    }


def _facts_table(facts: dict[str, Any], glyphs: "Glyphs") -> "Table":
    kind, *settings = facts["source"].items()
    size = facts["frame_size"]
    rows = {
        "settings": ", ".join(f"{key} {value}" for key, value in settings) or "none",
        "alphabet": glyphs.alphabet.summary(),
        "frame": f"{size['height']} × {size['width']} pixels",
        "glyphs": f"{facts['glyphs']:,}",
        "copies across splits": f"{facts['copies_removed']:,} removed",
        "digest": facts["digest"],
        "cache folder": facts["cache_folder"],
        "notes": "\n".join(facts["notes"]) or "none",
    }
    table = Table("source", kind[1])
    for name, value in rows.items():
        table.add_row(name, Text(value, overflow="fold"))
    return table


def _splits_table(facts: dict[str, Any]) -> "Table":
    table = Table("split")
    for name in ("glyphs", "fewest of a symbol", "most of a symbol"):
        table.add_column(name, justify="right")
    for split, counts in facts["splits"].items():
        ends = [f"{counts[end]['symbol']} {counts[end]['glyphs']:,}" for end in ("fewest", "most")]
        table.add_row(split, f"{counts['glyphs']:,}", *map(Text, ends))
    return table
