"""A plan: the arms to run and the question about them; every spec file becomes one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, final

from seqreason.spec.axes import Range
from seqreason.spec.benchmark import BenchmarkSpec, ResourceSpec
from seqreason.spec.suite_and_ablation import SearchSpec


@final
@dataclass(frozen=True)
class Arm:
    """One benchmark under its name in a plan.

    Attributes:
        data: the plain data of *spec*, from which another process makes it again.
        options: axis → the option of this arm.
        ranges: dotted path → the numbers that a search tries there; empty without a search.
    """

    name: str
    data: Mapping[str, Any]
    spec: BenchmarkSpec
    options: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Contrast:
    """The question whether *arm* is better than *against*; both are names of arms."""

    arm: str
    against: str


@final
@dataclass(frozen=True)
class Question:
    """The question about the arms.

    Attributes:
        metric: the metric in which they are compared.
        claim: the claim that the contrasts test; empty if there is none.
        smallest_difference: the smallest difference that matters, in the metric's unit.
    """

    contrasts: tuple[Contrast, ...] = ()
    metric: str = "test_accuracy"
    claim: str = ""
    smallest_difference: float | None = None


@final
@dataclass(frozen=True)
class Plan:
    """The content of a spec file: a benchmark has one arm, a suite or an ablation several."""

    kind: Literal["benchmark", "suite", "ablation"]
    name: str
    arms: tuple[Arm, ...]
    question: Question = field(default_factory=Question)
    resources: ResourceSpec = field(default_factory=ResourceSpec)
    search: SearchSpec | None = None
