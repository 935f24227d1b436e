"""`seqreason audit`."""

from typing import Annotated, Any, Final

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, results_console
from seqreason.errors import counted

with lazy_imports():
    from seqreason.evaluation.audit import Audit, audit
    from seqreason.registry import load_registry
    from seqreason.spec import load_benchmark


_STYLES: Final = {"passed": "green", "violated": "bold red", "noted": "yellow", "skipped": "dim"}


@when_run
def audit_command(
    spec: options.Spec,
    overrides: options.Overrides = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Default: the spec's first seed.")] = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Check that SPEC's data and model keep the laws that results rest on; nothing is trained.

    Law 1: an example is the same however it is drawn. Law 3: no glyph is in two splits. Law 4: no
    shortcut gives the answer away. Law 5: what is drawn is what is declared, so the ceiling is
    known.

    A check is [bold]passed[/bold]; [bold]violated[/bold], which ends the command with 1;
    [bold]noted[/bold], which is no fault but worth knowing; or [bold]skipped[/bold] for a reason.

    Examples:

      seqreason audit quickstart

      seqreason audit normal --set generator.background=black --seed 7

      seqreason audit easy --plugin my_generator.py --set generator.kind=mine --json
    """
    registry = load_registry(plugin or [])
    checked = load_benchmark(spec, registry, overrides=overrides or [])
    chosen = checked.seeds[0] if seed is None else seed
    text = audit(checked, registry, seed=chosen)
    if as_json:
        print_json({"benchmark": checked.benchmark, "seed": chosen, **_as_json(text)})
    else:
        _print_table(text, title=f"Audit of {checked.benchmark}, seed {chosen}")
    if not text.is_clean:
        raise typer.Exit(1)


def _as_json(entries: "Audit") -> dict[str, Any]:
    return {
        "clean": entries.is_clean,
        "ran": entries.num_ran,
        "skipped": entries.num_skipped,
        "violations": entries.num_violated,
        "findings": [
            {
                "check": finding.check,
                "law": finding.law,
                "verdict": finding.verdict,
                "message": finding.message,
                "details": dict(finding.details),
            }
            for finding in entries.findings
        ],
    }


def _print_table(entries: "Audit", *, title: str) -> None:
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.add_column("check", no_wrap=True)
    table.add_column("law", justify="right")
    table.add_column("verdict", no_wrap=True)
    table.add_column("what", overflow="fold")
    for finding in entries.findings:
        style = _STYLES[finding.verdict]
        verdict = f"[{style}]{finding.verdict}[/{style}]"
        table.add_row(finding.check, str(finding.law), verdict, escape(finding.message))
    console = results_console()
    console.print(table)
    console.print(
        f"{counted(entries.num_ran, 'check')} ran, {entries.num_skipped} skipped, "
        f"{counted(entries.num_violated, 'violation')}",
        style="green" if entries.is_clean else "bold red",
    )
