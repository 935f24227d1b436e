"""Every metric with what it means."""

from seqreason.spec.metrics import MEANINGS, higher_is_better


def markdown() -> str:
    """A table of all metrics."""
    rows = [
        f"| `{name}` | {meaning} | {'higher' if higher_is_better(name) else 'lower'} |"
        for name, meaning in MEANINGS.items()
    ]
    return "| name | what | better is |\n|---|---|---|\n" + "\n".join(rows)
