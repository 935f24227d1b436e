"""The laws of the conformance kit, kind by kind."""

from seqreason.testing import ALL_LAWS


def markdown() -> str:
    """A table of laws for each kind."""
    return "\n\n".join(
        f"## {laws.kind}\n\n| law | statement |\n|---|---|\n"
        + "\n".join(f"| `{law.name}` | {law.statement} |" for law in laws.laws)
        for laws in ALL_LAWS
    )
