"""The specs of many benchmarks at once: suites and ablations."""

from typing import Annotated, Any, final

from pydantic import Field, field_validator, model_validator

from seqreason.spec.axes import Axis, Changes, Range, parse_axes
from seqreason.spec.benchmark import Count, Name, ResourceSpec, Seed
from seqreason.structures.settings import Settings

BenchmarkReference = str | dict[str, Any]
ArmName = Annotated[str, Field(min_length=1, pattern=r"^[^\n:]+$")]


@final
class SearchSpec(Settings):
    """How the ranges of a suite are searched: trials at the first seed, judged on validation."""

    trials: Count = Field(20, description="how many combinations of values are tried")
    at_once: Count = Field(1, description="trials at a time, if the executor computes as many")
    seed: Seed = Field(0, description="of the search's own choices")
    pruning: bool = Field(
        True, description="stop a trial that is behind the median of the earlier ones"
    )


class _SuiteOrAblation(Settings):
    """What suites and ablations have in common."""

    settings: Changes = Field(
        default_factory=dict, description="changes of every benchmark: dotted path → value"
    )
    axes: dict[str, Axis] = Field(
        default_factory=dict, description="what varies: every combination of options is run"
    )
    resources: ResourceSpec = Field(ResourceSpec(), description="what each cell takes of a machine")

    @field_validator("axes", mode="before")
    @classmethod
    def _axes_are_parsed(cls, axes: Any) -> Any:
        return parse_axes(axes) if isinstance(axes, dict) else axes


@final
class SuiteSpec(_SuiteOrAblation):
    """Several benchmarks, each with every combination of the axes' options."""

    suite: Name = Field(description="the suite's name")
    benchmarks: tuple[BenchmarkReference, ...] = Field(
        min_length=1, description="names of packaged specs, files beside this one, or whole specs"
    )
    search: SearchSpec | None = Field(
        None, description="how the axes that are ranges are searched; null where none is"
    )
    seeds: tuple[Seed, ...] | None = Field(
        None, min_length=1, description="of every benchmark; null: each has its own"
    )

    @model_validator(mode="after")
    def _a_search_has_ranges(self) -> "SuiteSpec":
        has_ranges = any(isinstance(axis, Range) for axis in self.axes.values())
        if self.search is not None and not has_ranges:
            raise ValueError("search has no effect: no axis is a range {low: …, high: …}")
        return self


@final
class ContrastSpec(Settings):
    """Two arms that are compared: whether *arm* is better than *against*."""

    arm: ArmName = Field(description="the arm of which the question is whether it is better")
    against: ArmName = Field(description="the arm that it is compared with")


@final
class AblationSpec(_SuiteOrAblation):
    """A baseline, named changes of it, and which of these arms are compared."""

    ablation: Name = Field(description="the ablation's name")
    baseline: BenchmarkReference = Field(
        description="the name of a packaged spec, a file beside this one, or a whole spec"
    )
    baseline_name: ArmName = Field("baseline", description="what the unchanged arm is called")
    changes: dict[ArmName, Changes] = Field(
        min_length=1, description="an arm each: its name → {dotted path: value}"
    )
    contrasts: tuple[ContrastSpec, ...] | None = Field(
        None,
        min_length=1,
        description="which arms are compared; null: each change with the unchanged arm",
    )
    metric: str = Field("test_accuracy", description="what they are compared by; higher is better")
    claim: str = Field(
        "", description="what the contrasts put to the test: that each arm is better"
    )
    smallest_difference: float | None = Field(
        None, gt=0, description="the smallest difference that would matter to you, in the metric"
    )
    seeds: tuple[Seed, ...] = Field(
        (0, 1, 2, 3, 4), min_length=1, description="every arm is run at each of them"
    )

    @model_validator(mode="after")
    def _arms_can_be_distinguished(self) -> "AblationSpec":
        if self.baseline_name in self.changes:
            raise ValueError(f"changes.{self.baseline_name}: the unchanged arm is called so")
        for name, axis in self.axes.items():
            if isinstance(axis, Range):
                raise ValueError(f"axes.{name}: a range is searched by suites, not by ablations")
        return self
