"""The one table of metrics: names, labels, units and directions; tables, checks and docs derive."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, final

from seqreason.errors import SpecError, UnknownNameError
from seqreason.spec.benchmark import BenchmarkSpec

Unit = Literal["share", "nats", "number"]
Place = Literal["results", "limits", "cells", "evidence", "record", "recipes"]


@final
@dataclass(frozen=True)
class Metric:
    """One metric of a cell.

    Attributes:
        name: its name in specs, JSON and docs.
        label: the heading of its column in a table.
        help: what it is, for the docs and for editors.
        unit: a `share` lies in 0…1, and is shown in % or in points.
        better: whether higher or lower values are better.
        shown: where it has a column. `results` and `limits` end a run, and make up the arms of
            the report page; `cells` lists a run folder; `evidence` compares arms; `record` is
            kept of a suite's cells; `recipes` is the table of the recorded specs in the docs.
        is_clear: whether the label is enough; otherwise a table's caption explains it.
        is_per_test: whether every shifted test has its own, `NAME/SHIFT`.
        is_of_right_answers: whether evidence takes it from the stored right answers; only the
            accuracy of a test is.
        varies: whether it differs between trainings; otherwise it is a fact of the task.
    """

    name: str
    label: str
    help: str
    unit: Unit = "share"
    better: Literal["higher", "lower"] = "higher"
    shown: tuple[Place, ...] = ()
    is_clear: bool = False
    is_per_test: bool = False
    is_of_right_answers: bool = False
    varies: bool = True


_WRONG: Final = "share of test sequences answered wrongly"
# A row is easier to read in few lines.
# fmt: off
_ROWS: Final = (
    Metric("test_accuracy", "test",
           "share of test sequences whose next symbol is predicted correctly",
           shown=("results", "cells", "recipes"),
           is_clear=True, is_per_test=True, is_of_right_answers=True),
    Metric("valid_accuracy", "valid",
           "like test_accuracy, on the validation split, which selects the weights",
           shown=("results", "cells", "record"), is_clear=True),
    Metric("train_accuracy", "train", "like test_accuracy, on sequences of the training split",
           shown=("results",), is_clear=True),
    Metric("curve_accuracy", "learning curve",
           "mean of valid_accuracy over all validations: how fast the model learns",
           shown=("record",)),
    Metric("ceiling_accuracy", "ceiling", "the best accuracy possible with perfect perception",
           shown=("results", "record", "recipes"), is_per_test=True, varies=False),
    Metric("perceived_ceiling_accuracy", "as read",
           "the best accuracy possible with the symbols as this model reads them",
           shown=("results", "record", "recipes"), is_per_test=True),
    Metric("perceived_ceiling_error", "as read, error",
           "standard error of perceived_ceiling_accuracy, where that is sampled",
           better="lower", is_per_test=True),
    Metric("perception_accuracy", "read",
           "share of shown symbols that are read correctly, over all positions",
           shown=("limits", "cells", "record", "recipes")),
    Metric("perception_errors", "perception", f"{_WRONG} because symbols are misread",
           better="lower", shown=("limits", "record", "recipes"), is_per_test=True),
    Metric("reasoning_errors", "reasoning",
           f"{_WRONG} although the symbols as read give the answer",
           better="lower", shown=("limits", "record", "recipes"), is_per_test=True),
    Metric("irreducible_errors", "irreducible",
           f"{_WRONG} where another answer is at least as probable",
           better="lower", shown=("limits", "record"), is_per_test=True),
    Metric("calibration_error", "ECE", "expected calibration error of the answers, 15 bins",
           better="lower", shown=("limits", "evidence", "record", "recipes")),
    Metric("negative_log_likelihood", "NLL", "negative log-likelihood of the answers",
           "nats", "lower"),
    Metric("brier_score", "Brier", "Brier score of the answers, 0…2", "number", "lower"),
    Metric("perception_calibration_error", "perception ECE",
           "expected calibration error of the symbols read, over all positions, 15 bins",
           better="lower"),
    Metric("perception_negative_log_likelihood", "perception NLL",
           "negative log-likelihood of the symbols shown, over all positions", "nats", "lower"),
    Metric("perception_brier_score", "perception Brier",
           "Brier score of the symbols read, over all positions, 0…2", "number", "lower"),
    Metric("perception_loss", "perception loss",
           "the objective of the perception stage, over all positions of the test",
           "number", "lower"),
    Metric("prediction_loss", "prediction loss",
           "the objective of the prediction stage, over all positions of the test",
           "number", "lower"),
    Metric("prediction_accuracy", "all positions",
           "share of next symbols that are predicted correctly, over all positions"),
)
# fmt: on
METRICS: Final = {metric.name: metric for metric in _ROWS}
"""Every metric by its name, in the order of the columns."""


def metric_of(name: str) -> Metric:
    """The row of the metric *name*; a shifted test's and a search trial's are of the same row.

    Raises:
        UnknownNameError: there is no such metric.
    """
    known = name.partition("/")[0]
    found = METRICS.get(known) or METRICS.get(known.removeprefix("valid_"))
    if found is None:
        raise UnknownNameError(name, noun="metric", known=METRICS)
    return found


def is_of_right_answers(name: str) -> bool:
    """Whether the metric *name*, which need not be known, is a share of test items."""
    known = METRICS.get(name.partition("/")[0])
    return known is not None and known.is_of_right_answers


def metric_names(spec: BenchmarkSpec) -> list[str]:
    """Every metric that a cell of *spec* has."""
    per_test = [name for name, metric in METRICS.items() if metric.is_per_test]
    shifted = [f"{name}/{shift}" for shift in spec.evaluation.shifted for name in per_test]
    return [*METRICS, *shifted]


def columns(*places: Place, measured: Iterable[str] = ()) -> dict[str, str]:
    """Label and name of each metric that is shown at one of *places*.

    The accuracies of the shifted tests among the *measured* metrics follow, by their shifts.
    """
    found = {metric.label: name for name, metric in METRICS.items() if {*places} & {*metric.shown}}
    shifted = sorted({name for name in measured if "/" in name and is_of_right_answers(name)})
    return found | {name.partition("/")[2]: name for name in shifted}


def caption_of(names: Iterable[str]) -> str:
    """What a table with columns of these metrics says about them."""
    rows = map(metric_of, names)
    return "; ".join(dict.fromkeys(f"{row.label}: {row.help}" for row in rows if not row.is_clear))


def format_share(share: float | None, *, places: int = 2) -> str:
    """A share as people read it, `99.75 %`; a dash for an unknown one."""
    return "-" if share is None else f"{100 * share:.{places}f} %"


def check_metric(metric: str, spec: BenchmarkSpec, *, where: str) -> None:
    """Check that cells of *spec* have the metric *metric*.

    Raises:
        SpecError: they do not.
    """
    known = metric_names(spec)
    if metric not in known:
        message = str(UnknownNameError(metric, noun="metric", known=known))
        raise SpecError(f"{where}: metric: {message}")
