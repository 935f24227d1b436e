"""`seqreason compare`."""

from typing import Annotated

from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import print_json, print_line
from seqreason.errors import SpecError, UnknownNameError

with lazy_imports():
    from seqreason.cli.benchmarks.run_output import print_evidence, results_as_json
    from seqreason.runs import CellResult, Results, Store
    from seqreason.runs.execution.run_context import run_context_of
    from seqreason.runs.results.selector import Selector
    from seqreason.spec import Contrast, Question


@when_run
def compare_command(
    left: Annotated[
        str, Argument(metavar="A", help="A digest, a run folder, a spec, or SPEC:ARM for one arm.")
    ],
    right: Annotated[str, Argument(metavar="B", help="The same, to compare A with.")],
    metric: Annotated[
        str,
        Option(
            metavar="NAME",
            help="The metric to compare, such as test_accuracy/NAME of a shifted test.",
        ),
    ] = "test_accuracy",
    overrides: options.Overrides = None,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Compare two finished cells or arms, and judge the difference.

    Cells with the same seed, data and rule have the same test items, and are
    compared item by item. Others are compared as independent samples, and the
    output says so.

    Examples:

      seqreason compare 3f2a91 77c0de

      seqreason compare easy normal

      seqreason compare "soft-vs-hard:mse, both 0.1" "soft-vs-hard:mse, hard"
    """
    selector = Selector(Store(runs), run_context_of(tuple(plugin or ())), overrides or [])
    first, second = selector.cells(left), selector.cells(right)
    _check(first, second, metric)
    question = Question((Contrast(first[0].arm, second[0].arm),), metric=metric)
    results = Results((*first, *second), question)
    if as_json:
        document = results_as_json(results)
        print_json({key: document[key] for key in ("arms", "contrasts", "summary")})
        return
    print_evidence(results)
    for arm, seeds in _unpaired(first, second):
        print_line(f"{arm}: not compared, as the other arm lacks these seeds: {seeds}", style="dim")


def _check(left: "list[CellResult]", right: "list[CellResult]", metric: str) -> None:
    if {cell.digest for cell in left} & {cell.digest for cell in right}:
        arms = f"{left[0].arm} and {right[0].arm}"
        raise SpecError(f"{arms} share a cell: give two that do not overlap")
    for cell in (*left, *right):
        if cell.metrics.get(metric) is None:
            known = [name for name, value in cell.metrics.items() if value is not None]
            raise UnknownNameError(metric, noun=f"metric of {cell.arm}", known=known)


def _unpaired(left: "list[CellResult]", right: "list[CellResult]") -> list[tuple[str, str]]:
    """For each arm, the seeds that only it has; nothing if the arms share no seed."""
    first, second = ({cell.seed for cell in cells} for cells in (left, right))
    if not first & second:
        return []
    only = ((left[0].arm, first - second), (right[0].arm, second - first))
    return [(arm, ", ".join(map(str, sorted(seeds)))) for arm, seeds in only if seeds]
