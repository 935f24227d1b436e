"""Numbers of a metric as people read them."""

from seqreason.spec.metrics import higher_is_better
from seqreason.statistics import Interval


def is_share(metric: str) -> bool:
    """Whether *metric* lies in 0 … 1, so that it is told in hundredths."""
    return higher_is_better(metric) or metric.partition("/")[0].endswith(("_errors", "_error"))


def format_number(value: float, metric: str, *, signed: bool = False) -> str:
    """A value of *metric*: `87.21` for a share of 0.8721; with a proper minus sign."""
    shown = f"{100 * value:+.2f}" if is_share(metric) else f"{value:+.5f}"
    return (shown if signed else shown.removeprefix("+")).replace("-", "−")


def format_amount(value: float, metric: str, *, signed: bool = False) -> str:
    """A difference of *metric* with its unit: `1.20 points`."""
    return format_number(value, metric, signed=signed) + (" points" if is_share(metric) else "")


def format_interval(interval: Interval, metric: str, *, signed: bool = False) -> str:
    """An estimate and its limits: `87.21 [86.50, 87.90]`."""
    values = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (format_number(value, metric, signed=signed) for value in values)
    return f"{estimate} [{low}, {high}]"


def format_p(value: float) -> str:
    """A p value to three places."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
