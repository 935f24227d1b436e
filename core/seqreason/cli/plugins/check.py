"""`seqreason check`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line
from seqreason.errors import SpecError, UnknownNameError

with lazy_imports():
    from seqreason.cli.plugins import check_output
    from seqreason.cli.plugins.check_output import Bars
    from seqreason.registry import Registration, Registry, load_registry
    from seqreason.registry.kinds import KINDS
    from seqreason.spec.overrides import apply_changes, parse_overrides
    from seqreason.testing import (
        Conformity,
        Effort,
        Subject,
        Verdict,
        check_plugin,
        read_reproduction,
    )

Names = Annotated[
    list[str] | None,
    Argument(
        metavar="[KIND] NAME",
        help="Names of plug-ins. A kind (encoder, reasoner, …) narrows the choice, with names "
        "after it or alone.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    Option(
        "--set",
        metavar="PATH=VALUE",
        help="Check with this setting: [bold]--set features=16[/bold]. Repeatable.",
    ),
]


@when_run
def check_command(
    names: Names = None,
    plugin: options.Plugins = None,
    overrides: Overrides = None,
    everything: Annotated[bool, Option("--all", help="Check every installed plug-in.")] = False,
    case: Annotated[
        Path | None,
        Option(
            "--case", metavar="FILE", help="Try one case again, saved from the output of a check."
        ),
    ] = None,
    cases: Annotated[
        int, Option("--cases", min=1, metavar="N", help="Try each law on N cases.")
    ] = 20,
    laws: Annotated[bool, Option("--laws", help="List the laws instead of checking.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Check that plug-ins obey the laws of their kind.

    For each broken law, this command shows the smallest case that breaks it.
    The exit code is 1 if a law is broken, or if nothing could be checked.

    Examples:

      seqreason check residual-cnn

      seqreason check --plugin mine.py

      seqreason check encoder

      seqreason check --laws encoder
    """
    if laws:
        check_output.print_laws(names or [], as_json=as_json)
        return
    registry = load_registry(plugin or [])
    if case is not None:
        if names or everything or overrides:
            advice = "leave out NAME, --all, --set"
            raise SpecError(f"--case FILE names its own plug-in and settings: {advice}")
        _try_again(case, registry, as_json=as_json)
        return
    chosen = _chosen(registry, names or [], plugin or [], everything=everything)
    settings: dict[str, Any] = {}
    apply_changes(settings, parse_overrides(overrides or []))
    conformities, unchecked = _checked(chosen, settings, cases, everything)
    if as_json:
        print_json(check_output.document(conformities, unchecked))
    else:
        check_output.print_conformities(conformities, unchecked, plugin or [])
    if not check_output.is_green(conformities, everything=everything):
        raise typer.Exit(1)


def _chosen(
    registry: "Registry", names: list[str], files: list[str], *, everything: bool
) -> "list[Registration]":
    """The plug-ins that the command line names.

    Raises:
        SpecError: it names none, or an unknown one.
    """
    kinds = {name: kind.name for kind in KINDS for name in (kind.name, f"{kind.name}s")}
    kind = kinds.get(names[0]) if names else None
    wanted = names[1:] if kind else names
    offered = [each for each in registry.all() if kind in (None, each.kind)]
    if everything or not wanted:
        if not (everything or kind or files):
            raise SpecError("nothing to check: give NAME…, a kind, --plugin FILE, or --all")
        chosen = [each for each in offered if not files or each.origin.plugin in files]
        if not chosen:
            words = [*([kind] if kind else []), *(f"--plugin {file}" for file in files)]
            raise SpecError(f"{' '.join(words)}: this has no plug-in to check")
        return chosen
    known = [each.name for each in offered]
    for name in wanted:
        if name not in known:
            raise UnknownNameError(name, noun=kind or "plug-in", known=known)
    return [each for each in offered if each.name in wanted]


def _checked(
    chosen: "list[Registration]", given: dict[str, Any], cases: int, everything: bool
) -> "tuple[list[Conformity], dict[str, str]]":
    """The conformity of each plug-in; with *everything*, also why others were not checked.

    Raises:
        SpecError: a plug-in cannot be used with the settings.
    """
    conformities, unchecked = [], {}
    bars = Bars(len(chosen))
    with bars.progress:
        for registration in chosen:
            try:
                subject = Subject.of(registration, given=given)
            except SpecError as error:
                if not everything:
                    raise
                unchecked[f"{registration.kind} {registration.name}"] = str(error)
                continue
            bars.begin(subject.title)
            effort = Effort(cases=cases)
            conformities.append(check_plugin(subject, effort=effort, listener=bars.on_law))
    return conformities, unchecked


def _try_again(file: Path, registry: "Registry", *, as_json: bool) -> None:
    reproduction = read_reproduction(file, registry)
    outcome = reproduction.outcome()
    title, law, message = reproduction.subject.title, outcome.law, outcome.message
    if as_json:
        verdict = outcome.verdict.value
        print_json({"plugin": title, "law": law, "verdict": verdict, "message": message})
    else:
        print_line(f"{title}: {law}: {message or 'the law holds'}")
    if outcome.verdict != Verdict.KEPT:
        raise typer.Exit(1)
