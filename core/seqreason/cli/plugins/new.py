"""`seqreason new`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line
from seqreason.errors import UnknownNameError

with lazy_imports():
    from seqreason.registry import load_registry
    from seqreason.registry.kinds import KINDS
    from seqreason.scaffold import SPEC_KINDS, Written, new_plugin, new_spec


@when_run
def new_command(
    kind: Annotated[
        str,
        Argument(
            metavar="KIND",
            help="A kind of plug-in, such as encoder ([bold]seqreason list[/bold] shows all), or "
            "spec, ablation or suite.",
        ),
    ],
    name: Annotated[
        str, Argument(metavar="NAME", help="The name of the plug-in, or the file of the spec.")
    ],
    out: Annotated[Path, Option(metavar="DIR", help="The folder to write into.")] = Path(),
    force: Annotated[bool, Option("--force", help="Overwrite existing files.")] = False,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Write a package with a new plug-in, or a new spec file.

    The plug-in works at once. Its package has a test, a quick benchmark, and a
    comparison with a built-in plug-in. Existing files are kept, unless you add
    [bold]--force[/bold].

    Examples:

      seqreason new encoder two-layers

      seqreason new ablation mine.yaml
    """
    known = [*(plugin_kind.name for plugin_kind in KINDS), *SPEC_KINDS]
    # The plural is accepted, as in all commands.
    chosen = kind if kind in known else kind.removesuffix("s")
    if chosen not in known:
        raise UnknownNameError(kind, noun="kind of plug-in or spec", known=known)
    make = new_spec if chosen in SPEC_KINDS else new_plugin
    written = make(chosen, name, out=out, force=force, registry=load_registry(plugin or []))
    if as_json:
        files = [str(path) for path in written.files]
        commands = list(written.commands)
        print_json({"kind": chosen, "name": name, "files": files, "next": commands})
        return
    _print_written(written)


def _print_written(written: "Written") -> None:
    """Print the files, then the commands to run next, each with its purpose."""
    print_line("Written:")
    for path in written.files:
        print_line(f"  {path}")
    print_line("\nNext:")
    width = max(map(len, written.commands))
    for command, purpose in written.commands.items():
        print_line(f"  {command.ljust(width)}   # {purpose}")
