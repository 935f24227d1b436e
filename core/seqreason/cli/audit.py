"""`seqreason audit`."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from seqreason.cli import options

if TYPE_CHECKING:
    from seqreason.evaluation.audit import Audit

_STYLES: Final = {"passed": "green", "violated": "bold red", "noted": "yellow", "skipped": "dim"}


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
    from seqreason.cli.output import print_json
    from seqreason.evaluation.audit import audit
    from seqreason.registry import load_registry
    from seqreason.spec import load_benchmark

    registry = load_registry(plugin or [])
    checked = load_benchmark(spec, registry, overrides=overrides or [])
    chosen = checked.seeds[0] if seed is None else seed
    told = audit(checked, registry, seed=chosen)
    if as_json:
        print_json({"benchmark": checked.benchmark, "seed": chosen, **_as_json(told)})
    else:
        _print_table(told, title=f"Audit of {checked.benchmark}, seed {chosen}")
    if not told.is_clean:
        raise typer.Exit(1)


def _as_json(told: "Audit") -> dict[str, Any]:
    return {
        "clean": told.is_clean,
        "ran": told.num_ran,
        "skipped": told.num_skipped,
        "violations": told.num_violated,
        "findings": [
            {
                "check": finding.check,
                "law": finding.law,
                "verdict": finding.verdict,
                "told": finding.told,
                "details": dict(finding.details),
            }
            for finding in told.findings
        ],
    }


def _print_table(told: "Audit", *, title: str) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from seqreason.cli.output import results_console

    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.add_column("check", no_wrap=True)
    table.add_column("law", justify="right")
    table.add_column("verdict", no_wrap=True)
    table.add_column("what", overflow="fold")
    for finding in told.findings:
        style = _STYLES[finding.verdict]
        verdict = f"[{style}]{finding.verdict}[/{style}]"
        table.add_row(finding.check, str(finding.law), verdict, escape(finding.told))
    console = results_console()
    console.print(table)
    console.print(
        f"{_counted(told.num_ran, 'check')} ran, {told.num_skipped} skipped, "
        f"{_counted(told.num_violated, 'violation')}",
        style="green" if told.is_clean else "bold red",
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
