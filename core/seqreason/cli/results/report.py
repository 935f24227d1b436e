"""`seqreason report`."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, final

from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import format_size, print_json, print_line, print_note
from seqreason.errors import SpecError, StoreError, counted

with lazy_imports():
    from seqreason.data.atomic_write import atomic_write
    from seqreason.reports.web import Budget, chapter_of, html_page
    from seqreason.runs import Store
    from seqreason.runs.execution.run_context import run_context_of
    from seqreason.runs.results.report_data import ReportData, plan_report_data, store_report_data
    from seqreason.spec import load_plan


@when_run
def report_command(
    specs: Annotated[
        list[str] | None,
        Argument(
            metavar="SPEC",
            help="Spec files, or names of packaged specs. Default: everything in the run folder.",
        ),
    ] = None,
    out: Annotated[Path, Option(metavar="FILE", help="Write the page there.")] = Path(
        "report.html"
    ),
    overrides: options.Overrides = None,
    seeds: options.Seeds = None,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Write one HTML page about the finished cells of a run folder.

    The page needs no other file. This command trains nothing: for missing
    cells, the page shows the command that computes them.

    Examples:

      seqreason report

      seqreason report cells soft-vs-hard --out answers.html
    """
    _check_place(out)
    request = _Request(tuple(specs or ()), tuple(overrides or ()), seeds, tuple(plugin or ()), runs)
    parts = request.data(Store(runs))
    _write(out, _page(parts, request))
    if as_json:
        missing = [asdict(each) for part in parts for each in part.missing]
        count = sum(part.num_finished for part in parts)
        print_json({"report": str(out), "cells": count, "missing": missing})
        return
    _print_end(parts, out)


@final
@dataclass(frozen=True)
class _Request:
    """The arguments of the command line."""

    specs: tuple[str, ...]
    overrides: tuple[str, ...]
    seeds: str | None
    plugins: tuple[str, ...]
    runs: Path

    def data(self, store: "Store") -> "list[ReportData]":
        """The cells of each spec in *store*; without specs, all cells of *store*.

        Raises:
            SpecError: none of the cells is finished.
        """
        parts = list(map(self._of_spec, self.specs)) if self.specs else store_report_data(store)
        if not any(part.num_finished for part in parts):
            commands = [self.command("run", spec) for spec in self.specs or ("SPEC",)]
            message = "\n".join(f"  {command}" for command in commands)
            raise SpecError(
                f"run folder {self.runs}: no cell of this report is finished; first run\n{message}"
            )
        return parts

    def command(self, name: str, *specs: str) -> str:
        """The command *name* on *specs* with the same options, quoted for a shell."""
        words = ["seqreason", name, *specs]
        words += [word for change in self.overrides for word in ("--set", change)]
        words += ["--seeds", self.seeds] if self.seeds is not None else []
        words += [word for plugin in self.plugins for word in ("--plugin", plugin)]
        words += ["--runs", str(self.runs)] if self.runs != options.RUNS_FOLDER else []
        return shlex.join(words)

    def _of_spec(self, spec: str) -> "ReportData":
        context, notes = run_context_of(self.plugins), list[str]()
        seeds = () if self.seeds is None else options.seeds_of(self.seeds)
        plan = load_plan(spec, context.registry, overrides=self.overrides, seeds=seeds, notes=notes)
        for note in notes:
            print_note(note)
        command = self.command("run", spec)
        return plan_report_data(plan, context, Store(self.runs), command=command)


def _page(parts: "Sequence[ReportData]", request: _Request) -> str:
    budget = Budget()
    named = ", ".join(part.name for part in parts) if request.specs else str(request.runs)
    return html_page(
        [chapter_of(part, budget) for part in parts],
        title=f"Results: {named}",
        command=request.command("report", *request.specs),
        at=datetime.now(),
    )


def _check_place(out: Path) -> None:
    """Refuse a place where no page can be written, before anything is read."""
    if not out.parent.is_dir():
        raise SpecError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    if out.is_dir():
        raise SpecError(f"--out {out}: this is a folder; give the name of a file in it")


def _write(out: Path, page: str) -> None:
    """Write the page, whole or not at all."""
    try:
        with atomic_write(out) as file:
            file.write(page.encode())
    except OSError as error:
        raise StoreError(f"--out {out}: cannot write the page: {error}") from error


def _print_end(parts: "Sequence[ReportData]", out: Path) -> None:
    """Print the missing cells with the commands that compute them, and where the page is."""
    for part in parts:
        if part.missing:
            commands = " ".join(dict.fromkeys(each.command for each in part.missing))
            message = f"{part.name}: {counted(len(part.missing), 'cell')} missing"
            message += f"; this computes them: {commands}" if commands else ""
            print_line(message)
    count = sum(part.num_finished for part in parts)
    print_line(f"{out}: {counted(count, 'cell')}, {format_size(out.stat().st_size)}")
