"""The output of `seqreason check`: bars at first, then tables and counterexamples."""

import shlex
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final, final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from seqreason.cli.output import notes_console, print_json, print_line, results_console
from seqreason.errors import counted
from seqreason.testing import ALL_LAWS, Conformity, Outcome, Verdict, laws_of, reproduction_text

_SHOWN: Final = {
    Verdict.KEPT: "[green]kept[/green]",
    Verdict.BROKEN: "[bold red]broken[/bold red]",
    Verdict.SKIPPED: "[yellow]skipped[/yellow]",
    Verdict.EXPECTED_FAILURE: "[yellow]expected failure[/yellow]",
}


@final
class Bars:
    """Two bars on standard error, for plug-ins and laws; none if it is not a terminal."""

    def __init__(self, num_plugins: int) -> None:
        console = notes_console()
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed} of {task.total}"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._plugins = self.progress.add_task("plug-ins", total=num_plugins)
        self._laws = self.progress.add_task("laws", total=None)
        self._num_begun = 0

    def begin(self, title: str) -> None:
        """Show the next plug-in."""
        self.progress.update(self._plugins, completed=self._num_begun, description=title)
        self._num_begun += 1

    def on_law(self, law: str, done: int, total: int) -> None:
        """Show the law that is being tried."""
        self.progress.update(self._laws, completed=done, total=total, description=law)


def is_green(conformities: Sequence[Conformity], *, everything: bool) -> bool:
    """Whether no law is broken and each plug-in was checked; with *everything*, at least one."""
    if everything:
        return any(c.was_checked for c in conformities) and not any(c.broken for c in conformities)
    return bool(conformities) and all(conformity.is_green for conformity in conformities)


def document(conformities: Sequence[Conformity], unchecked: Mapping[str, str]) -> dict[str, Any]:
    """The conformities as one JSON document."""
    rows = [conformity.row() for conformity in conformities]
    counts = ("ran", "skipped", "expected_failures", "failed")
    totals = {count: sum(row[count] for row in rows) for count in counts}
    return {"checks": rows, "not_checked": dict(unchecked), **totals}


def print_conformities(
    conformities: Sequence[Conformity], unchecked: Mapping[str, str], files: Sequence[str]
) -> None:
    """Print a table per plug-in: all laws, or of several plug-ins the laws that do not hold."""
    console = results_console()
    for conformity in conformities:
        _print_table(console, conformity, all_laws=len(conformities) == 1)
    for conformity in conformities:
        for outcome in conformity.broken:
            _print_counter_example(conformity, outcome, files)
    for title, reason in unchecked.items():
        print_line(f"{title}: not checked: {reason}")
    for conformity in conformities:
        if not conformity.was_checked:
            message = f"{conformity.title}: no law could be tried, so this plug-in is unchecked"
            print_line(message, style="bold red")
    if len(conformities) > 1:
        _print_totals(conformities)


def print_laws(kinds: Sequence[str], *, as_json: bool) -> None:
    """Print the laws of *kinds*, or of all kinds."""
    chosen = [laws_of(kind) for kind in kinds] or ALL_LAWS
    if as_json:
        rows = [
            {"kind": laws.kind, "law": law.name, "statement": law.statement}
            for laws in chosen
            for law in laws.laws
        ]
        print_json({"laws": rows})
        return
    for laws in chosen:
        table = Table("law", "statement", title=laws.kind, title_justify="left")
        for law in laws.laws:
            table.add_row(law.name, escape(law.statement))
        results_console().print(table)


def _print_table(console: Console, conformity: Conformity, *, all_laws: bool) -> None:
    mark = "[green]✓[/green]" if conformity.is_green else "[bold red]✗[/bold red]"
    origin = conformity.registration.origin
    console.print(
        f"{mark} [bold]{escape(conformity.title)}[/bold] "
        f"({escape(f'{origin.distribution} {origin.version}'.strip())}): {conformity.summary()}",
        highlight=False,
        soft_wrap=True,
    )
    shown = [each for each in conformity.outcomes if all_laws or each.verdict != Verdict.KEPT]
    if not shown:
        return
    table = Table("law", "verdict", "cases", "statement, or reason")
    for _, group in groupby(shown, key=_row_of):
        first, *others = group
        law = f"{first.law} and {len(others)} more" if others else first.law
        message = first.message.partition("\n")[0] or first.statement
        table.add_row(law, _SHOWN[first.verdict], str(first.num_cases or ""), escape(message))
    console.print(table)


def _row_of(outcome: Outcome) -> str:
    """The key of a law's row: consecutive laws that are skipped for one reason share a row."""
    return outcome.message if outcome.verdict == Verdict.SKIPPED else outcome.law


def _print_counter_example(conformity: Conformity, outcome: Outcome, files: Sequence[str]) -> None:
    print_line(f"\n{conformity.title} breaks {outcome.law}", style="bold red")
    for line in (f"law: {outcome.statement}", f"found: {outcome.message}"):
        print_line(line)
    if outcome.case is None:
        return
    given = "".join(f" --plugin {shlex.quote(file)}" for file in files)
    print_line(
        f"\nThis is the smallest case that breaks it. To try it again, save these lines as "
        f"case.yaml, and run `seqreason check{given} --case case.yaml`:\n"
    )
    print_line(reproduction_text(conformity.registration, outcome))


def _print_totals(conformities: Sequence[Conformity]) -> None:
    ran = sum(conformity.num_ran for conformity in conformities)
    skipped = sum(conformity.count(Verdict.SKIPPED) for conformity in conformities)
    expected = sum(conformity.count(Verdict.EXPECTED_FAILURE) for conformity in conformities)
    failed = sum(len(conformity.broken) for conformity in conformities)
    print_line(
        f"{counted(len(conformities), 'plug-in')}: {counted(ran, 'law')} ran, {skipped} skipped, "
        f"{expected} expected to fail, {failed} failed"
    )
