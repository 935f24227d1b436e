"""The records as the Markdown tables in the docs.

python -m seqreason_benchmarks.tables soft-vs-hard
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer

from seqreason.cli import run_reporting_errors
from seqreason.errors import UnknownNameError
from seqreason.reports.amounts import format_interval, format_number, format_p, with_unit
from seqreason.reports.evidence_table import evidence_rows
from seqreason.reports.sentences import claim_sentence, format_detectable
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.spec import Contrast, Question
from seqreason.spec.metrics import columns, is_of_right_answers
from seqreason.statistics import Interval, student
from seqreason_benchmarks.recording import RECORDS, SUITES

_CONFIDENCE: Final = 0.95


def recipes_table(records: Mapping[str, dict[str, Any]]) -> str:
    """A row a recorded spec: means over seeds, and the 95 % interval of the test accuracy."""
    shown = columns("recipes")
    rows = [["spec", *(with_unit(label, metric) for label, metric in shown.items())]]
    for name, record in records.items():
        rows.append([f"`{name}`", *(_mean(record, metric) for metric in shown.values())])
    return _markdown(rows)


def lengths_table(records: Mapping[str, dict[str, Any]]) -> str:
    """The mean test accuracy in %: a row a length, a column a spec with several lengths."""
    by_length = {
        name: [cell["breakdowns"]["length"] for cell in record["cells"]]
        for name, record in records.items()
        if len(record["cells"][0]["breakdowns"]["length"]) > 1
    }
    lengths = sorted({int(length) for cells in by_length.values() for length in cells[0]})
    rows = [["length", *(f"`{name}`" for name in by_length)]]
    for length in map(str, lengths):
        means = [np.mean([cell[length] for cell in cells]) for cells in by_length.values()]
        rows.append([length, *(format_number(mean, "test_accuracy") for mean in means)])
    return _markdown(rows)


def suite_table(record: Mapping[str, Any]) -> str:
    """The table that `seqreason run` prints, from a recorded suite or ablation."""
    question, arms, contrasts = evidence_of(record)
    rows = evidence_rows(question, arms, contrasts)
    # A section begins with the arm that the arms below it are compared with.
    cells = [
        [f"**{row[0]}**" if len(rows.sections) > 1 and place == 0 else row[0], *row[1:]]
        for section in rows.sections
        for place, row in enumerate(section)
    ]
    return _markdown([rows.headings, *cells])


def claims_table(records: Mapping[str, Mapping[str, Any]]) -> str:
    """A row a recorded claim: its verdict, its contrasts, and the detectable differences."""
    rows = [["claim", "verdict", "contrast", "difference [95 %]", "p", "detectable"]]
    for name, record in records.items():
        if not record["claim"]:
            continue
        question, _, contrasts = evidence_of(record)
        for place, evidence in enumerate(contrasts):
            begin = [f"{question.claim} (`{name}`)", f"**{claim_sentence(contrasts)}**"]
            rows.append([*(["", ""] if place else begin), *_contrast(evidence, question)])
    return _markdown(rows)


def evidence_of(
    record: Mapping[str, Any],
) -> tuple[Question, list[ArmEvidence], list[ContrastEvidence]]:
    """The evidence of a record."""
    contrasts = [
        ContrastEvidence(
            Contrast(contrast["arm"], contrast["against"]),
            _interval(contrast["difference"], contrast),
            contrast["p_value"],
            contrast["corrected_p"],
            contrast["paired"],
            contrast["covers"],
            tuple(contrast["by_seed"]),
            contrast["detectable"],
            contrast["finding"],
        )
        for contrast in record["contrasts"]
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
        tuple(evidence.contrast for evidence in contrasts),
        record["metric"],
        record["claim"],
        record["smallest_difference"],
    )
    return question, arms, contrasts


def recorded(folder: Path = RECORDS) -> dict[str, dict[str, Any]]:
    """Every record in *folder*, by its name."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _contrast(evidence: ContrastEvidence, question: Question) -> list[str]:
    return [
        f"{evidence.contrast.arm} − {evidence.contrast.against}",
        format_interval(evidence.difference, question.metric, signed=True),
        format_p(evidence.corrected_p),
        format_detectable(evidence, question.metric),
    ]


def _interval(estimate: float, limits: Mapping[str, Any]) -> Interval:
    return Interval(estimate, limits["low"], limits["high"], _CONFIDENCE)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in ruled)


def _mean(record: dict[str, Any], metric: str) -> str:
    """The metric's mean over seeds; a dash if the record is older than the metric."""
    if record["mean"].get(metric) is None:
        return "–"
    values = np.array([cell["metrics"][metric] for cell in record["cells"]])
    mean = format_number(values.mean(), metric)
    if not is_of_right_answers(metric):
        return mean
    interval = student(values)
    return f"**{mean}** ± {format_number(interval.high - interval.estimate, metric)}"


def main(
    name: Annotated[
        str, typer.Argument(help="A recorded suite or ablation; default: specs and claims.")
    ] = "",
) -> None:
    """Print the table of a recorded suite, or the tables of all recorded specs and claims."""
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
