"""The specs of several benchmarks: suites and ablations."""

from typing import Annotated, Any, final

from pydantic import Field, field_validator, model_validator

from seqreason.spec.axes import Axis, Changes, Range, parse_axes
from seqreason.spec.benchmark import Count, Name, ResourceSpec, Seed
from seqreason.structures.settings import Settings

BenchmarkReference = str | dict[str, Any]
ArmName = Annotated[str, Field(min_length=1, pattern=r"^[^\n:]+$")]


@final
class SearchSpec(Settings):
    """How the ranges of a suite are searched: by trials at the first seed, by validation."""

    trials: Count = Field(20, description="number of combinations of values to try")
    at_once: Count = Field(1, description="trials at a time, if the executor can compute that many")
    seed: Seed = Field(0, description="the seed of the search's own choices")
    pruning: bool = Field(
        True, description="stop a trial that is behind the median of earlier trials"
    )


class _SuiteOrAblation(Settings):
    """The keys that suites and ablations share."""

    settings: Changes = Field(
        default_factory=dict, description="changes of every benchmark: dotted path → value"
    )
    axes: dict[str, Axis] = Field(
        default_factory=dict, description="settings that vary: every combination of options is run"
    )
    resources: ResourceSpec = Field(ResourceSpec(), description="the machine's share of each cell")

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
        None, description="how the axes that are ranges are searched; null if none is a range"
    )
    seeds: tuple[Seed, ...] | None = Field(
        None, min_length=1, description="the seeds of every benchmark; null: each has its own"
    )

    @model_validator(mode="after")
    def _a_search_has_ranges(self) -> "SuiteSpec":
        has_ranges = any(isinstance(axis, Range) for axis in self.axes.values())
        if self.search is not None and not has_ranges:
            raise ValueError("search has no effect: no axis is a range {low: …, high: …}")
        return self


@final
class ContrastSpec(Settings):
    """Two arms to compare: is *arm* better than *against*?"""

    arm: ArmName = Field(description="the arm that may be better")
    against: ArmName = Field(description="the arm to compare it with")


@final
class AblationSpec(_SuiteOrAblation):
    """A baseline, named changes to it, and the arms to compare."""

    ablation: Name = Field(description="the ablation's name")
    baseline: BenchmarkReference = Field(
        description="the name of a packaged spec, a file beside this one, or a whole spec"
    )
    baseline_name: ArmName = Field("baseline", description="the name of the unchanged arm")
    changes: dict[ArmName, Changes] = Field(
        min_length=1, description="an arm for each entry: its name → {dotted path: value}"
    )
    contrasts: tuple[ContrastSpec, ...] | None = Field(
        None,
        min_length=1,
        description="the arms to compare; null: each change with the unchanged arm",
    )
    metric: str = Field("test_accuracy", description="the metric to compare; higher is better")
    claim: str = Field("", description="the claim that the contrasts test: that each arm is better")
    smallest_difference: float | None = Field(
        None, gt=0, description="the smallest difference in the metric that matters to you"
    )
    seeds: tuple[Seed, ...] = Field(
        (0, 1, 2, 3, 4), min_length=1, description="every arm is run at each of them"
    )

    @model_validator(mode="after")
    def _arms_can_be_distinguished(self) -> "AblationSpec":
        if self.baseline_name in self.changes:
            raise ValueError(f"changes.{self.baseline_name}: the unchanged arm has this name")
        for name, axis in self.axes.items():
            if isinstance(axis, Range):
                raise ValueError(f"axes.{name}: only a suite searches a range; list values instead")
        return self
