"""Every built-in plug-in with its settings."""

from seqreason.registry import Registration, Registry, hookspecs, load_registry
from seqreason.registry.kinds import KINDS, Kind
from seqreason.spec.schema.settings_table import settings_rows
from seqreason_site.code_text import code_block, docstring_of, signature_of
from seqreason_site.fields import table_of

_OURS = "seqreason"


def markdown() -> str:
    """A section a kind: its hook, then its plug-ins."""
    registry = load_registry()
    return "\n\n".join(_kind_text(kind, registry) for kind in KINDS)


def _kind_text(kind: Kind, registry: Registry) -> str:
    hook = code_block(signature_of(getattr(hookspecs, kind.hook)))
    built_in = [one for one in registry.of_kind(kind.name) if one.origin.distribution == _OURS]
    message = "\n\n".join(_plugin_text(one) for one in built_in)
    return (
        f"## {kind.name}\n\n{hook}\n\nHow to write one of your own: "
        f"[{kind.name}](../how-to/{kind.name}.md).\n\n{message}"
    )


def _plugin_text(found: Registration) -> str:
    return (
        f"### {found.kind} {found.name}\n\n{docstring_of(found.plugin)}\n\n"
        f"{table_of(settings_rows(found.plugin.Config))}\n\nVersion {found.plugin.version}."
    )
