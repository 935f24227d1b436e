"""A plan: the arms that are run, and what is asked of them; any spec file comes down to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, final

from seqreason.spec.axes import Range
from seqreason.spec.benchmark import BenchmarkSpec, ResourceSpec
from seqreason.spec.suite_and_ablation import SearchSpec


@final
@dataclass(frozen=True)
class Arm:
    """One benchmark under the name that it has in a plan.

    Attributes:
        data: the plain data that *spec* was made from, for a process that makes it anew.
        options: axis → the option that this arm has of it.
        ranges: dotted path → the numbers that a search tries there; empty where all is settled.
    """

    name: str
    data: Mapping[str, Any]
    spec: BenchmarkSpec
    options: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Contrast:
    """The question whether *arm* is better than *against*, both of them names of arms."""

    arm: str
    against: str


@final
@dataclass(frozen=True)
class Question:
    """What is asked of the arms.

    Attributes:
        metric: what they are compared by.
        claim: what the contrasts put to the test; empty if nothing was claimed.
        smallest_difference: the smallest difference that would matter, in the metric's unit.
    """

    contrasts: tuple[Contrast, ...] = ()
    metric: str = "test_accuracy"
    claim: str = ""
    smallest_difference: float | None = None


@final
@dataclass(frozen=True)
class Plan:
    """What a spec file comes down to: a benchmark has one arm, a suite or an ablation several."""

    kind: Literal["benchmark", "suite", "ablation"]
    name: str
    arms: tuple[Arm, ...]
    question: Question = field(default_factory=Question)
    resources: ResourceSpec = field(default_factory=ResourceSpec)
    search: SearchSpec | None = None
