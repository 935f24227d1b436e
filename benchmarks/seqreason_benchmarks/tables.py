"""The records as Markdown tables, as the docs show them.

python -m seqreason_benchmarks.tables soft-vs-hard
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from numpy.typing import NDArray

from seqreason.cli import run_reporting_errors
from seqreason.errors import UnknownNameError
from seqreason.reports.amounts import format_interval, format_p
from seqreason.reports.evidence_table import evidence_rows
from seqreason.reports.sentences import claim_sentence, format_detectable
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.spec import Contrast, Question
from seqreason.statistics import Interval, student
from seqreason_benchmarks.recording import RECORDS, SUITES

_RECIPE: Final = {
    "test, %": "test_accuracy",
    "ceiling as seen, %": "perceived_ceiling_accuracy",
    "ceiling, %": "ceiling_accuracy",
    "symbols seen, %": "perception_accuracy",
    "wrong by perception, %": "perception_errors",
    "wrong by reasoning, %": "reasoning_errors",
    "ECE, %": "calibration_error",
}
_CONFIDENCE: Final = 0.95


def recipes_table(records: Mapping[str, dict[str, Any]]) -> str:
    """A row a recorded spec: means over seeds, the test accuracy with its 95 % interval."""
    rows = [["spec", *_RECIPE]]
    for name, record in records.items():
        rows.append([f"`{name}`", *(_mean(record, metric) for metric in _RECIPE.values())])
    return _markdown(rows)


def lengths_table(records: Mapping[str, dict[str, Any]]) -> str:
    """A row a length, a column a recorded spec with several: the mean test accuracy in %."""
    by_length = {
        name: [cell["breakdowns"]["length"] for cell in record["cells"]]
        for name, record in records.items()
        if len(record["cells"][0]["breakdowns"]["length"]) > 1
    }
    lengths = sorted({int(length) for cells in by_length.values() for length in cells[0]})
    rows = [["length", *(f"`{name}`" for name in by_length)]]
    for length in map(str, lengths):
        means = [np.mean([cell[length] for cell in cells]) for cells in by_length.values()]
        rows.append([length, *(f"{100 * mean:.2f}" for mean in means)])
    return _markdown(rows)


def suite_table(record: Mapping[str, Any]) -> str:
    """The table that `seqreason run` ends with, of a recorded suite or ablation."""
    question, arms, contrasts = evidence_of(record)
    rows = evidence_rows(question, arms, contrasts)
    # Its sections begin with the arm that the others below it are set against.
    cells = [
        [f"**{row[0]}**" if len(rows.sections) > 1 and place == 0 else row[0], *row[1:]]
        for section in rows.sections
        for place, row in enumerate(section)
    ]
    return _markdown([rows.headings, *cells])


def claims_table(records: Mapping[str, Mapping[str, Any]]) -> str:
    """A row a recorded claim: its verdict, its contrasts, and what could have been seen."""
    rows = [["claim", "verdict", "contrast", "difference [95 %]", "p", "detectable"]]
    for name, record in records.items():
        if not record["claim"]:
            continue
        question, _, contrasts = evidence_of(record)
        for place, found in enumerate(contrasts):
            begin = [f"{question.claim} (`{name}`)", f"**{claim_sentence(contrasts)}**"]
            rows.append([*(["", ""] if place else begin), *_contrast(found, question)])
    return _markdown(rows)


def evidence_of(
    record: Mapping[str, Any],
) -> tuple[Question, list[ArmEvidence], list[ContrastEvidence]]:
    """The evidence that a record holds, as a run gives it."""
    contrasts = [
        ContrastEvidence(
            Contrast(found["arm"], found["against"]),
            _interval(found["difference"], found),
            found["p_value"],
            found["corrected_p"],
            found["paired"],
            found["covers"],
            tuple(found["by_seed"]),
            found["detectable"],
            found["finding"],
        )
        for found in record["contrasts"]
    ]
    arms = [
        ArmEvidence(
            arm["arm"],
            tuple(arm["seeds"]),
            None if arm["low"] is None else _interval(arm["mean"], arm),
            arm["covers"],
            {**arm["means"], record["metric"]: arm["mean"]},
        )
        for arm in record["arms"]
    ]
    question = Question(
        tuple(found.contrast for found in contrasts),
        record["metric"],
        record["claim"],
        record["smallest_difference"],
    )
    return question, arms, contrasts


def recorded(folder: Path = RECORDS) -> dict[str, dict[str, Any]]:
    """Every record in *folder* by its name."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _contrast(found: ContrastEvidence, question: Question) -> list[str]:
    return [
        f"{found.contrast.arm} − {found.contrast.against}",
        format_interval(found.difference, question.metric, signed=True),
        format_p(found.corrected_p),
        format_detectable(found, question.metric),
    ]


def _interval(estimate: float, limits: Mapping[str, Any]) -> Interval:
    return Interval(estimate, limits["low"], limits["high"], _CONFIDENCE)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in ruled)


def _mean(record: dict[str, Any], metric: str) -> str:
    """The metric's mean over seeds; a dash where a record is from before there was that metric."""
    if record["mean"].get(metric) is None:
        return "–"
    values = _values(record, metric)
    if metric != "test_accuracy":
        return f"{values.mean():.2f}"
    interval = student(values)
    return f"**{values.mean():.2f}** ± {interval.high - interval.estimate:.2f}"


def _values(record: dict[str, Any], metric: str) -> NDArray[np.float64]:
    """The metric of each seed in %, by rising seed."""
    cells = sorted(record["cells"], key=lambda cell: int(cell["seed"]))
    return 100 * np.array([cell["metrics"][metric] for cell in cells])


def main(
    name: Annotated[
        str, typer.Argument(help="A recorded suite or ablation; none: specs and claims.")
    ] = "",
) -> None:
    """Print the table of a recorded suite, or those of all recorded specs and claims."""
    suites = recorded(SUITES)
    if not name:
        tables = [recipes_table(recorded()), lengths_table(recorded()), claims_table(suites)]
        typer.echo("\n\n".join(tables))
        return
    if name not in suites:
        raise UnknownNameError(name, noun="recorded suite", known=list(suites))
    typer.echo(suite_table(suites[name]))
    typer.echo("\n".join(["", *suites[name]["summary"]]))


if __name__ == "__main__":
    run_reporting_errors(lambda: typer.run(main), name="tables")
