"""Numbers of a metric as people read them."""

from typing import TYPE_CHECKING

from seqreason.spec.metrics import metric_of

if TYPE_CHECKING:
    from seqreason.statistics import Interval


def is_share(metric: str) -> bool:
    """Whether *metric* lies in 0…1, so that it is shown in %."""
    return metric_of(metric).unit == "share"


def format_name(metric: str) -> str:
    """The name of *metric* in a heading: `calibration error`; `accuracy` for test_accuracy."""
    return metric.replace("test_accuracy", "accuracy").replace("_", " ")


def with_unit(label: str, metric: str) -> str:
    """The heading of a column of *metric*: `ECE, %` for a share."""
    return f"{label}, %" if is_share(metric) else label


def format_number(value: float | None, metric: str, *, signed: bool = False) -> str:
    """A value of *metric*, `87.21` for a share of 0.8721, with a minus sign; a dash for None."""
    if value is None:
        return "-"
    shown = f"{100 * value:+.2f}" if is_share(metric) else f"{value:+.5f}"
    return (shown if signed else shown.removeprefix("+")).replace("-", "−")


def format_amount(value: float, metric: str, *, signed: bool = False) -> str:
    """A difference of *metric* with its unit: `1.20 points`."""
    return format_number(value, metric, signed=signed) + (" points" if is_share(metric) else "")


def format_interval(interval: "Interval", metric: str, *, signed: bool = False) -> str:
    """An estimate and its limits: `87.21 [86.50, 87.90]`."""
    values = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (format_number(value, metric, signed=signed) for value in values)
    return f"{estimate} [{low}, {high}]"


def format_p(value: float) -> str:
    """A p value to three places."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def format_seconds(seconds: float) -> str:
    """A time in whole seconds: `31 s`."""
    return f"{seconds:.0f} s"
