"""A chapter of a page: the results of one plan, or of one benchmark of a run folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from seqreason.errors import counted
from seqreason.reports.sentences import contrast_sentence, evidence_sentences, search_sentence
from seqreason.reports.web.forest import forest_svg
from seqreason.reports.web.gallery import Budget, EmbeddedPicture, pictures_of
from seqreason.reports.web.tables import (
    PageTable,
    arms_table,
    breakdown_tables,
    cells_table,
    contrasts_table,
    environment_table,
    missing_table,
    settings_table,
)
from seqreason.runs import Results
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence
from seqreason.runs.results.report_data import ReportData
from seqreason.spec import Question


@final
@dataclass(frozen=True)
class Chapter:
    """What the template shows.

    Attributes:
        asked: the question, a sentence each; empty without a question.
        conclusions: the sentences that `seqreason run` prints.
        forest: the plot of the contrasts as `<svg>`; empty without contrasts.
        remarks: why cells or pictures are missing.
        commands: the commands that compute the missing cells.
    """

    name: str
    kind: str
    summary: str
    asked: Sequence[str]
    conclusions: Sequence[str]
    forest: str
    results: Sequence[PageTable]
    breakdowns: Sequence[PageTable]
    pictures: Sequence[EmbeddedPicture]
    circumstances: Sequence[PageTable]
    missing: PageTable | None
    commands: Sequence[str]
    remarks: Sequence[str]


def chapter_of(data: ReportData, budget: Budget) -> Chapter:
    """The chapter on *data*; its pictures count towards the page's *budget*.

    Raises:
        DataError: two arms cannot be compared by the metric.
        StoreError: the stored answers of a cell cannot be read.
    """
    results, question = data.results, data.results.question
    arms, contrasts = results.evidence()
    searched = [search_sentence(search) for search in results.searches]
    title = f"{data.name}: differences with 95 % intervals"
    tables = [contrasts_table(question, arms, contrasts)] if contrasts else []
    finished = [cell for cell in results if cell.status == "finished"]
    pictures, problems = pictures_of(results, budget)
    skipped = [f"{cell.arm} skipped: {cell.reason}" for cell in results if cell.reason]
    return Chapter(
        name=data.name,
        kind=data.kind,
        summary=_summary(data),
        asked=_asked(question),
        conclusions=searched + _sentences(question, arms, contrasts),
        forest=forest_svg(question, contrasts, title=title) if contrasts else "",
        results=[*tables, *_of_arms(results, arms)],
        breakdowns=breakdown_tables(results),
        pictures=pictures,
        circumstances=[cells_table(results), environment_table(finished)] if finished else [],
        missing=missing_table(data.missing) if data.missing else None,
        commands=list(dict.fromkeys(each.command for each in data.missing if each.command)),
        remarks=[*dict.fromkeys(skipped), *problems],
    )


def _of_arms(results: Results, arms: Sequence[ArmEvidence]) -> list[PageTable]:
    """The metrics of the arms, and their settings if these differ."""
    if not arms:
        return []
    settings = settings_table(results)
    return [arms_table(results, arms), *([settings] if settings else [])]


def _summary(data: ReportData) -> str:
    arms, num_missing = counted(len(data.results.by_arm()), "arm"), len(data.missing)
    missing = f", {num_missing} missing" if num_missing else ""
    return f"{arms}, {counted(data.num_finished, 'cell')} finished{missing}"


def _asked(question: Question) -> list[str]:
    if not question.contrasts:
        return []
    asked = [f"The claim: “{question.claim}”."] if question.claim else []
    asked += [
        f"Is “{contrast.arm}” better than “{contrast.against}” in {question.metric}?"
        for contrast in question.contrasts
    ]
    return asked


def _sentences(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[str]:
    """The sentences of a run, and one for each contrast if there are several."""
    sentences = evidence_sentences(question, arms, contrasts)
    if len(contrasts) > 1:
        sentences += [contrast_sentence(evidence, question) for evidence in contrasts]
    return sentences
