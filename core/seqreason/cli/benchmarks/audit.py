"""`seqreason audit`."""

from typing import Any, Final

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
    seed: options.Seed = None,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Check the data and the model of a benchmark, without training.

    Law 1: an example does not depend on how it is drawn. Law 3: no glyph is in
    two splits. Law 4: no shortcut gives the answer away. Law 5: the generator
    draws what it declares, so the ceiling is known.

    Each check is passed, violated, noted or skipped. A noted check is no fault.
    The exit code is 1 if a check is violated.

    Examples:

      seqreason audit quickstart

      seqreason audit normal --set generator.background=black --seed 7

      seqreason audit easy --plugin my_generator.py --set generator.kind=mine
    """
    registry = load_registry(plugin or [])
    benchmark = load_benchmark(spec, registry, overrides=overrides or [])
    chosen = benchmark.seeds[0] if seed is None else seed
    audited = audit(benchmark, registry, seed=chosen)
    if as_json:
        print_json({"benchmark": benchmark.benchmark, "seed": chosen, **_as_json(audited)})
    else:
        _print_table(audited, title=f"Audit of {benchmark.benchmark}, seed {chosen}")
    if not audited.is_clean:
        raise typer.Exit(1)


def _as_json(audited: "Audit") -> dict[str, Any]:
    return {
        "clean": audited.is_clean,
        "ran": audited.num_ran,
        "skipped": audited.num_skipped,
        "violations": audited.num_violated,
        "findings": [
            {**vars(finding), "details": dict(finding.details)} for finding in audited.findings
        ],
    }


def _print_table(audited: "Audit", *, title: str) -> None:
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.add_column("check", no_wrap=True)
    table.add_column("law", justify="right")
    table.add_column("verdict", no_wrap=True)
    table.add_column("finding", overflow="fold")
    for finding in audited.findings:
        style = _STYLES[finding.verdict]
        verdict = f"[{style}]{finding.verdict}[/{style}]"
        table.add_row(finding.check, str(finding.law), verdict, escape(finding.message))
    console = results_console()
    console.print(table)
    console.print(
        f"{counted(audited.num_ran, 'check')} ran, {audited.num_skipped} skipped, "
        f"{counted(audited.num_violated, 'violation')}",
        style="green" if audited.is_clean else "bold red",
    )
