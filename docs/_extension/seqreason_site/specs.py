"""Every model that a spec file is made of."""

from pydantic import BaseModel

from seqreason.spec import BenchmarkSpec, EvaluationSpec, LossSpec, ResourceSpec, TrainingSpec
from seqreason.spec.axes import Range
from seqreason.spec.benchmark import Shift
from seqreason.spec.schema.settings_table import settings_rows
from seqreason.spec.suite_and_ablation import AblationSpec, ContrastSpec, SearchSpec, SuiteSpec
from seqreason_site.code_text import docstring_of
from seqreason_site.fields import table_of

MODELS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("A benchmark", BenchmarkSpec),
    ("loss", LossSpec),
    ("training", TrainingSpec),
    ("evaluation", EvaluationSpec),
    ("a shifted test", Shift),
    ("resources", ResourceSpec),
    ("A suite", SuiteSpec),
    ("search", SearchSpec),
    ("a range", Range),
    ("An ablation", AblationSpec),
    ("a contrast", ContrastSpec),
)


def markdown() -> str:
    """A section a model."""
    return "\n\n".join(
        f"## {title}\n\n{docstring_of(model)}\n\n{_table(model)}" for title, model in MODELS
    )


def _table(model: type[BaseModel]) -> str:
    """Without the keys inside a key, whose models have sections of their own."""
    return table_of(row for row in settings_rows(model) if "." not in row["name"])
