"""`seqreason runs`: looking after a run folder."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, results_console
from seqreason.errors import counted

with lazy_imports():
    from seqreason.runs import Store
    from seqreason.runs.store.pruning import WHYS, Ending, Prunable, prunable, remove
    from seqreason.runs.store.stored_cells import selected, stored_cells


app = typer.Typer(no_args_is_help=True, help="Look after the run folders.")


@app.command()
@when_run
def prune(
    superseded: Annotated[
        bool, typer.Option("--superseded", help="Cells of which there is a newer one.")
    ] = False,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Cells that were stopped, failed or are damaged.")
    ] = False,
    trials: Annotated[bool, typer.Option("--trials", help="Cells that a search tried.")] = False,
    benchmark: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of this benchmark only.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without being asked.")] = False,
    runs: options.Runs = options.RUNS_FOLDER,
    as_json: options.AsJson = False,
) -> None:
    """Delete cells that nobody needs any more; says what it would delete before it does.

    A cell that is being computed is never deleted.

    Examples:

      seqreason runs prune

      seqreason runs prune --superseded --unfinished --yes
    """
    cells = stored_cells(Store(runs))
    # What supersedes a cell is of its own benchmark, so the others can be left out first.
    found = prunable(selected(cells, benchmark=benchmark))
    asked = {"superseded": superseded, "unfinished": unfinished, "trial": trials}
    chosen = [each for each in found if asked[each.why]]
    if chosen and not as_json:
        _print_chosen(chosen)
    is_sure = bool(chosen) and (yes or (not as_json and _is_confirmed(chosen, runs)))
    endings = [_removed(each) for each in chosen] if is_sure else []
    deleted = [each for each, ending in zip(chosen, endings, strict=False) if ending == "deleted"]
    if as_json:
        _print_as_json(found, chosen, deleted)
    elif not any(asked.values()):
        _print_choice(found, runs)
    else:
        _print_end(chosen, deleted, endings)


def _removed(each: "Prunable") -> "Ending":
    return remove(each.cell)


def _is_confirmed(chosen: "Sequence[Prunable]", runs: Path) -> bool:
    """Whether a person at a terminal says yes."""
    message = f"delete {counted(len(chosen), 'cell')} of {runs}, {_told(_total(chosen))}?"
    return sys.stdin.isatty() and typer.confirm(message)


def _print_choice(found: "Sequence[Prunable]", runs: Path) -> None:
    """What each option would delete."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("option", "cells", "size", "which"):
        table.add_column(heading, justify="right" if heading in ("cells", "size") else "left")
    for why, message in WHYS.items():
        own = [each for each in found if each.why == why]
        option = "--trials" if why == "trial" else f"--{why}"
        table.add_row(option, str(len(own)), _told(_total(own)), message)
    console = results_console()
    console.print(table)
    console.print(f"nothing is deleted from {runs}: say which with these options", markup=False)


def _print_chosen(chosen: "Sequence[Prunable]") -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("folder", "why", "size"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "size" else "left")
    for each in chosen:
        status = each.cell.status
        why = f"{each.why}: {status}" if status in ("computing", "damaged") else each.why
        table.add_row(str(each.cell.folder.path), why, _told(each.size))
    results_console().print(table)


def _print_end(
    chosen: "Sequence[Prunable]", deleted: "Sequence[Prunable]", endings: "Sequence[Ending]"
) -> None:
    console = results_console()
    if not chosen:
        console.print("nothing of that kind is there")
    elif not endings:
        console.print("nothing is deleted; --yes deletes it")
    else:
        reasons = {"computing": "are being computed", "finished since": "have been finished since"}
        spared = {
            message: sum(ending == why for ending in endings) for why, message in reasons.items()
        }
        message = "".join(f"; {count} {why}, and stay" for why, count in spared.items() if count)
        console.print(f"{counted(len(deleted), 'cell')} deleted, {_told(_total(deleted))}{message}")


def _print_as_json(
    found: "Sequence[Prunable]", chosen: "Sequence[Prunable]", deleted: "Sequence[Prunable]"
) -> None:
    def rows(some: "Sequence[Prunable]") -> list[dict[str, Any]]:
        return [
            {"folder": str(each.cell.folder.path), "why": each.why, "bytes": each.size}
            for each in some
        ]

    print_json({"prunable": rows(found), "chosen": rows(chosen), "deleted": rows(deleted)})


def _total(some: "Sequence[Prunable]") -> int:
    return sum(each.size for each in some)


def _told(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
