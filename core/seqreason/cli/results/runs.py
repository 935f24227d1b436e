"""`seqreason runs`: cleaning up run folders."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import empty_table, format_size, print_json, print_line, results_console
from seqreason.errors import counted

with lazy_imports():
    from seqreason.runs import Store
    from seqreason.runs.store.pruning import WHYS, Ending, Prunable, prunable, remove
    from seqreason.runs.store.stored_cells import selected, stored_cells


app = typer.Typer(no_args_is_help=True, help="Clean up run folders.")


@app.command()
@when_run
def prune(
    superseded: Annotated[
        bool, Option("--superseded", help="Delete cells that a newer cell replaces.")
    ] = False,
    unfinished: Annotated[
        bool, Option("--unfinished", help="Delete stopped, failed and damaged cells.")
    ] = False,
    trials: Annotated[bool, Option("--trials", help="Delete the trials of searches.")] = False,
    benchmark: Annotated[
        str | None, Option(metavar="NAME", help="Delete cells of this benchmark only.")
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Delete without a question.")] = False,
    runs: options.Runs = options.RUNS_FOLDER,
    as_json: options.AsJson = False,
) -> None:
    """Delete cells that you no longer need.

    Without an option, this command shows what each option would delete. It asks
    before it deletes, and never deletes a cell that a process is computing.

    Examples:

      seqreason runs prune

      seqreason runs prune --superseded --unfinished --yes
    """
    cells = stored_cells(Store(runs))
    # A cell is only superseded by one of its own benchmark, so the others can go first.
    candidates = prunable(selected(cells, benchmark=benchmark))
    wanted = {"superseded": superseded, "unfinished": unfinished, "trial": trials}
    chosen = [each for each in candidates if wanted[each.why]]
    if chosen and not as_json:
        _print_chosen(chosen)
    is_sure = bool(chosen) and (yes or (not as_json and _is_confirmed(chosen, runs)))
    endings = [remove(each.cell) for each in chosen] if is_sure else []
    deleted = [each for each, ending in zip(chosen, endings, strict=False) if ending == "deleted"]
    if as_json:
        _print_as_json(candidates, chosen, deleted)
    elif not any(wanted.values()):
        _print_choice(candidates, runs)
    else:
        _print_end(chosen, deleted, endings)


def _is_confirmed(chosen: "Sequence[Prunable]", runs: Path) -> bool:
    """Whether a person at a terminal says yes."""
    question = f"Delete {counted(len(chosen), 'cell')} ({_size(chosen)}) from {runs}?"
    return sys.stdin.isatty() and typer.confirm(question)


def _print_choice(candidates: "Sequence[Prunable]", runs: Path) -> None:
    """Print what each option would delete."""
    headings = ("option", "cells", "size", "what it deletes")
    table = empty_table(*headings, numbers=("cells", "size"))
    for why, explanation in WHYS.items():
        own = [each for each in candidates if each.why == why]
        option = "--trials" if why == "trial" else f"--{why}"
        table.add_row(option, str(len(own)), _size(own), explanation)
    results_console().print(table)
    print_line(f"Nothing was deleted from {runs}. Choose with these options.")


def _print_chosen(chosen: "Sequence[Prunable]") -> None:
    table = empty_table("folder", "why", "size", numbers=("size",))
    for each in chosen:
        status = each.cell.status
        why = f"{each.why}: {status}" if status in ("computing", "damaged") else each.why
        table.add_row(str(each.cell.folder.path), why, format_size(each.size))
    results_console().print(table)


def _print_end(
    chosen: "Sequence[Prunable]", deleted: "Sequence[Prunable]", endings: "Sequence[Ending]"
) -> None:
    if not chosen:
        print_line("There is nothing to delete.")
    elif not endings:
        print_line("Nothing was deleted. Add --yes to delete these cells.")
    else:
        message = f"{counted(len(deleted), 'cell')} deleted, {_size(deleted)}"
        reasons = {"computing": "being computed", "finished since": "finished in the meantime"}
        for ending, reason in reasons.items():
            if ending in endings:
                message += f"; {endings.count(ending)} kept: {reason}"
        print_line(message)


def _print_as_json(
    candidates: "Sequence[Prunable]", chosen: "Sequence[Prunable]", deleted: "Sequence[Prunable]"
) -> None:
    def rows(cells: "Sequence[Prunable]") -> list[dict[str, Any]]:
        return [
            {"folder": str(each.cell.folder.path), "why": each.why, "bytes": each.size}
            for each in cells
        ]

    print_json({"prunable": rows(candidates), "chosen": rows(chosen), "deleted": rows(deleted)})


def _size(cells: "Sequence[Prunable]") -> str:
    return format_size(sum(cell.size for cell in cells))
