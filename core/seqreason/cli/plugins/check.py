"""`seqreason check`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, results_console
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


@when_run
def check_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] NAME",
            help="Plug-ins, by name; a kind before them (encoder, reasoner, …) or instead of them "
            "narrows the choice.",
        ),
    ] = None,
    plugin: options.Plugins = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="A setting to check with: [bold]--set features=16[/bold]. May be repeated.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Check every plug-in that is installed.")
    ] = False,
    case: Annotated[
        Path | None,
        typer.Option("--case", metavar="FILE", help="Try one case again, as a check printed it."),
    ] = None,
    cases: Annotated[
        int, typer.Option("--cases", min=1, metavar="N", help="Try each law on N cases.")
    ] = 20,
    laws: Annotated[bool, typer.Option("--laws", help="List the laws, and check nothing.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Check plug-ins by the laws of their kind: the conformance kit.

    A law that is broken is shown by the smallest case that breaks it. Exits with 1 if a law is
    broken, or if nothing could be checked.

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
            raise SpecError("--case FILE says by itself what to check: give no name and no --set")
        _try_again(case, registry, as_json=as_json)
        return
    chosen = _chosen(registry, names or [], plugin or [], everything=everything)
    conformities, unchecked = _checked(chosen, _settings(overrides or []), cases, everything)
    if as_json:
        print_json(check_output.document(conformities, unchecked))
    else:
        check_output.print_conformities(conformities, unchecked, plugin or [])
    if not check_output.is_green(conformities, everything=everything):
        raise typer.Exit(1)


def _chosen(
    registry: "Registry", names: list[str], files: list[str], *, everything: bool
) -> "list[Registration]":
    """The plug-ins that the command line asks for.

    Raises:
        SpecError: it asks for none, or for one that is not there.
    """
    kinds = {name: kind.name for kind in KINDS for name in (kind.name, f"{kind.name}s")}
    kind = kinds.get(names[0]) if names else None
    wanted = names[1:] if kind else names
    offered = [found for found in registry.all() if kind in (None, found.kind)]
    if everything or not wanted:
        if not (everything or kind or files):
            raise SpecError("say what to check: NAME…, a kind, --plugin FILE, or --all")
        is_wanted = [found for found in offered if not files or found.origin.plugin in files]
        if not is_wanted:
            message = " ".join([*([kind] if kind else []), *(f"--plugin {file}" for file in files)])
            raise SpecError(f"there is nothing to check for {message}")
        return is_wanted
    for name in wanted:
        if not any(found.name == name for found in offered):
            known = [found.name for found in offered]
            raise UnknownNameError(name, noun=kind or "plug-in", known=known)
    return [found for found in offered if found.name in wanted]


def _settings(overrides: list[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    apply_changes(settings, parse_overrides(overrides))
    return settings


def _checked(
    chosen: "list[Registration]", given: dict[str, Any], cases: int, everything: bool
) -> "tuple[list[Conformity], dict[str, str]]":
    """How each came out; and, where everything is checked, what could not be, with the reason.

    Raises:
        SpecError: a plug-in cannot be used with the settings.
    """
    conformities, unchecked = [], {}
    with Bars(len(chosen)) as bars:
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
    title = reproduction.subject.title
    if as_json:
        verdict = outcome.verdict.value
        print_json(
            {"plugin": title, "law": outcome.law, "verdict": verdict, "message": outcome.message}
        )
    else:
        message = outcome.message or "the law is kept"
        results_console().print(f"{title}: {outcome.law}: {message}", markup=False, highlight=False)
    if outcome.verdict != Verdict.KEPT:
        raise typer.Exit(1)
