"""Every metric with what it is."""

from seqreason.spec.metrics import METRICS


def markdown() -> str:
    """A table of all metrics."""
    rows = [
        f"| `{name}` | {metric.help} | {metric.unit} | {metric.better} |"
        for name, metric in METRICS.items()
    ]
    return "| name | what | unit | better is |\n|---|---|---|---|\n" + "\n".join(rows)
