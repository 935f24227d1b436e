"""The hooks, with their exact signatures."""

from seqreason.registry import hookspecs
from seqreason.registry.kinds import KINDS
from seqreason_site.code_text import code_block, docstring_of, signature_of


def markdown() -> str:
    """A section a hook."""
    return "\n\n".join(
        f"## {kind.hook}\n\n"
        f"{code_block('@seqreason.hookimpl' + chr(10) + signature_of(hook))}\n\n"
        f"{docstring_of(hook)} Specs and messages call the kind `{kind.name}`; the interface is "
        f"[{kind.interface.__name__}](python.md#{kind.interface.__name__.lower()}), and "
        f"[this page](../how-to/{kind.name}.md) shows how one is written."
        for kind in KINDS
        for hook in [getattr(hookspecs, kind.hook)]
    )
