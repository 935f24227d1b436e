"""`seqreason results`."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Final

from rich import box
from rich.markup import escape
from rich.table import Table
from typer import Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_line, results_console
from seqreason.errors import SpecError, StoreError, UnknownNameError, counted

with lazy_imports():
    from polars import DataFrame

    from seqreason.reports.amounts import format_number, format_seconds
    from seqreason.runs import Results, Store
    from seqreason.runs.store.stored_cells import (
        StoredCell,
        distinguishing,
        parsed_where,
        selected,
        stored_cells,
    )
    from seqreason.spec.metrics import columns


_FORMATS: Final = ("table", "csv", "json", "parquet")
_MOST_WIDTH: Final = 32


@when_run
def results_command(
    benchmark: Annotated[
        str | None, Option(metavar="NAME", help="List cells of this benchmark only.")
    ] = None,
    seed: Annotated[
        list[int] | None,
        Option(min=0, metavar="N", help="List cells of this seed only. Repeatable."),
    ] = None,
    where: Annotated[
        list[str] | None,
        Option(
            metavar="PATH=VALUE",
            help="List cells with this setting only: [bold]--where reasoner.cell=lstm[/bold]. "
            "Repeatable.",
        ),
    ] = None,
    everything: Annotated[
        bool, Option("--all", help="Also list unfinished cells and the trials of searches.")
    ] = False,
    form: Annotated[
        str, Option("--format", metavar="NAME", help="table, csv, json or parquet.")
    ] = "table",
    out: Annotated[
        Path | None, Option(metavar="FILE", help="Write to this file. Required for parquet.")
    ] = None,
    runs: options.Runs = options.RUNS_FOLDER,
    as_json: options.AsJson = False,
) -> None:
    """List the cells of a run folder, with their settings and metrics.

    The settings are those by which the cells of a benchmark differ.

    Examples:

      seqreason results

      seqreason results --benchmark small-ocr --where reasoner.cell=lstm

      seqreason results --format parquet --out cells.parquet
    """
    form = "json" if as_json else form
    if form not in _FORMATS:
        raise UnknownNameError(form, noun="format", known=_FORMATS)
    if form == "parquet" and out is None:
        raise SpecError("--format parquet: this format is binary; name a file with --out FILE")
    if form == "table" and out is not None:
        raise SpecError("--out: a table is only printed; add --format csv, json or parquet")
    stored = stored_cells(Store(runs))
    cells = [cell for cell in stored if everything or cell.status == "finished"]
    if not cells and (benchmark or where):
        raise StoreError(f"run folder {runs}: it has no finished cell")
    cells = selected(cells, benchmark=benchmark, seeds=seed or (), where=parsed_where(where or []))
    if form == "table":
        _print_table(cells, runs, num_stored=len(stored))
    else:
        _write(cells, form, out)


def _write(cells: "Sequence[StoredCell]", form: str, out: Path | None) -> None:
    content = _content(cells, form)
    if out is None:
        sys.stdout.write(content.decode())
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise StoreError(f"--out {out}: cannot write this file: {error}") from error
    print_line(f"{out}: {counted(len(cells), 'cell')}")


def _content(cells: "Sequence[StoredCell]", form: str) -> bytes:
    """The content of the file."""
    if form == "json":
        settings = distinguishing(cells)
        rows = [_as_json(*pair) for pair in zip(cells, settings, strict=True)]
        return (json.dumps({"cells": rows}, indent=2, ensure_ascii=False) + "\n").encode()
    file, table = BytesIO(), _data_frame(cells)
    write = table.write_csv if form == "csv" else table.write_parquet
    write(file)
    return file.getvalue()


def _data_frame(cells: "Sequence[StoredCell]") -> "DataFrame":
    """A row per cell: its identity, the settings by which cells differ, and its metrics."""
    settings = distinguishing(cells)
    paths = dict.fromkeys(path for own in settings for path in own)
    rows = Results(tuple(cell.result for cell in cells)).rows()
    records = [
        {**row, "status": cell.status, **{path: _plain(own.get(path)) for path in paths}}
        for cell, row, own in zip(cells, rows, settings, strict=True)
    ]
    return DataFrame(records, infer_schema_length=None, strict=False)


def _plain(value: Any) -> Any:
    """The value, or its text where a column cannot hold it."""
    return str(value) if isinstance(value, list | dict) else value


def _as_json(cell: "StoredCell", settings: dict[str, Any]) -> dict[str, Any]:
    result = cell.result
    return {
        "digest": result.digest,
        "benchmark": result.benchmark,
        "arm": result.arm,
        "settings": settings,
        "seed": result.seed,
        "status": cell.status,
        "seconds": result.seconds,
        "train_seconds": result.train_seconds,
        "train_sequences": result.train_sequences,
        "metrics": result.metrics,
        "folder": result.folder,
        "reason": result.reason,
    }


def _print_table(cells: "Sequence[StoredCell]", runs: Path, *, num_stored: int) -> None:
    if not cells:
        message = f"{runs} has no cells yet: `seqreason run SPEC` adds some"
        if num_stored:
            message = f"{counted(num_stored, 'cell')} in {runs}, but none matches; "
            message += "--all also lists unfinished ones"
        print_line(message)
        return
    setting_texts = [
        [
            f"{path}={value:.4g}" if isinstance(value, float) else f"{path}={value}"
            for path, value in settings.items()
        ]
        for settings in distinguishing(cells)
    ]
    shown = columns("cells")
    widest = max(len(text) for settings in setting_texts for text in [*settings, ""])
    table = _empty_table(widest, [*shown])
    for cell, settings in zip(cells, setting_texts, strict=True):
        values = [format_number(cell.result.metrics.get(name), name) for name in shown.values()]
        row = [cell.result.digest[:12], cell.result.benchmark, "\n".join(settings)]
        row += [str(cell.result.seed), *values, format_seconds(cell.result.train_seconds)]
        table.add_row(*map(escape, [*row, _when(cell)]))
    results_console().print(table)
    print_line(f"{counted(len(cells), 'cell')} in {runs}", style="dim")


def _empty_table(widest: int, metrics: Sequence[str]) -> "Table":
    """A table without rows; the longest setting has *widest* characters."""
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.title = "Accuracies in %"
    table.add_column("cell", no_wrap=True)
    table.add_column("benchmark", overflow="fold")
    table.add_column("settings", overflow="fold", min_width=min(widest, _MOST_WIDTH))
    for heading in ("seed", *metrics, "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("when or why", overflow="fold")
    return table


def _when(cell: "StoredCell") -> str:
    if cell.finished_at is None:
        return cell.result.reason
    time = f"{datetime.fromtimestamp(cell.finished_at):%Y-%m-%d %H:%M}"
    return f"trial, {time}" if cell.is_trial else time
