"""From a spec file of a benchmark, a suite or an ablation to the plan of its arms."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar, final

from seqreason.errors import SpecError, UnknownNameError
from seqreason.registry import Registry
from seqreason.spec.axes import Axis, Range
from seqreason.spec.benchmark import ResourceSpec
from seqreason.spec.digest import spec_digest
from seqreason.spec.files import kind_of, read_spec
from seqreason.spec.loading import check_base, check_benchmark, explained_errors
from seqreason.spec.metrics import check_metric
from seqreason.spec.overrides import Change, apply_changes, changes_of, parse_overrides
from seqreason.spec.plan import Arm, Contrast, Plan, Question
from seqreason.spec.suite_and_ablation import (
    AblationSpec,
    BenchmarkReference,
    SearchSpec,
    SuiteSpec,
)
from seqreason.structures.settings import Settings

SuiteOrAblation = TypeVar("SuiteOrAblation", bound=Settings)
# An axis, one of its options, and the changes of that option.
Option = tuple[str, str, Mapping[str, Any]]


def load_plan(
    spec: str | Path | Mapping[str, Any],
    registry: Registry,
    *,
    overrides: Iterable[str] = (),
    seeds: Sequence[int] = (),
    notes: list[str] | None = None,
) -> Plan:
    """The plan of a spec file, a packaged spec's name or plain data.

    Args:
        overrides: in a suite or an ablation, a path that begins with one of its keys changes it.
            All others change every benchmark in it, before axes and named changes do.
        seeds: replace the spec's own.
        notes: a list to which the settings that an override drops are added.

    Raises:
        SpecError: it cannot be found or read, or a setting in it is wrong.
    """
    where, data = read_spec(spec)
    changes = parse_overrides(overrides)
    if seeds:
        changes.append(Change(("seeds",), list(seeds), "seeds"))
    kind = kind_of(data)
    if kind == "benchmark":
        _note(notes, apply_changes(data, changes))
        checked = check_benchmark(data, registry, where=where)
        arm = Arm(checked.benchmark, data, checked)
        return Plan("benchmark", checked.benchmark, (arm,), resources=checked.resources)
    # None for a packaged spec or plain data.
    folder = Path(where).parent if not isinstance(spec, Mapping) and Path(spec).is_file() else None
    planner = _Planner(where, folder, registry, notes)
    return planner.suite(data, changes) if kind == "suite" else planner.ablation(data, changes)


@final
class _Planner:
    """Makes the arms of one suite or ablation."""

    def __init__(
        self, where: str, folder: Path | None, registry: Registry, notes: list[str] | None
    ) -> None:
        self._where, self._folder, self._registry, self._notes = where, folder, registry, notes

    def suite(self, data: dict[str, Any], changes: list[Change]) -> Plan:
        """The plan of a suite."""
        spec, inner = self._checked(SuiteSpec, data, changes)
        ranges = {name: axis for name, axis in spec.axes.items() if isinstance(axis, Range)}
        arms = []
        for place, reference in enumerate(spec.benchmarks):
            base = self._base(reference, f"benchmarks.{place}", spec.settings, inner)
            if spec.seeds is not None:
                base["seeds"] = list(spec.seeds)
            arms += [self._arm(base, chosen, ranges=ranges) for chosen in _combinations(spec.axes)]
        search = (spec.search or SearchSpec()) if ranges else None
        self._check_arms_differ(arms)
        resources = _most(spec.resources, arms)
        return Plan("suite", spec.suite, tuple(arms), resources=resources, search=search)

    def ablation(self, data: dict[str, Any], changes: list[Change]) -> Plan:
        """The plan of an ablation: for every combination of options, the unchanged arm first."""
        spec, inner = self._checked(AblationSpec, data, changes)
        base = self._base(spec.baseline, "baseline", spec.settings, inner)
        base["seeds"] = list(spec.seeds)
        arms, contrasts = [], []
        for options in _combinations(spec.axes):
            begin = [option for _, option, _ in options]
            for name, changed in {spec.baseline_name: {}, **spec.changes}.items():
                full_name = ", ".join([*begin, name])
                arms.append(self._arm(base, options, name=full_name, change=(name, changed)))
            contrasts += _contrasts(spec, begin)
        self._check_arms_differ(arms)
        question = Question(
            tuple(dict.fromkeys(contrasts)), spec.metric, spec.claim, spec.smallest_difference
        )
        self._check_question(question, arms)
        resources = _most(spec.resources, arms)
        return Plan("ablation", spec.ablation, tuple(arms), question, resources)

    def _checked(
        self, model: type[SuiteOrAblation], data: dict[str, Any], changes: list[Change]
    ) -> tuple[SuiteOrAblation, list[Change]]:
        """The checked suite or ablation with its own changes, and the changes of its benchmarks."""
        own = [change for change in changes if change.path[0] in model.model_fields]
        inner = [change for change in changes if change.path[0] not in model.model_fields]
        _note(self._notes, apply_changes(data, own))
        with explained_errors(self._where):
            return model.model_validate(data), inner

    def _base(
        self,
        reference: BenchmarkReference,
        path: str,
        settings: Mapping[str, Any],
        overrides: Sequence[Change],
    ) -> dict[str, Any]:
        """The plain data of a benchmark that the file names, with the settings of all arms."""
        if isinstance(reference, str):
            where, data = read_spec(reference, beside=self._folder)
        else:
            where, data = f"{self._where}: {path}", deepcopy(reference)
        if kind_of(data) != "benchmark":
            raise SpecError(
                f"{self._where}: {path}: expected one benchmark, but {where} is a whole "
                f"{kind_of(data)}"
            )
        # No arm reads a part that settings or every arm replaces.
        unset = deepcopy(data)
        apply_changes(unset, overrides)
        check_base(unset, self._registry, where=where)
        for changes in (changes_of(settings, where=f"{self._where}: settings"), overrides):
            _note(self._notes, apply_changes(data, changes))
        check_base(data, self._registry, where=f"{self._where}: {path} with its settings")
        return data

    def _arm(
        self,
        base: Mapping[str, Any],
        options: Sequence[Option],
        *,
        name: str = "",
        change: tuple[str, Mapping[str, Any]] = ("", {}),
        ranges: Mapping[str, Range] | None = None,
    ) -> Arm:
        data = deepcopy(dict(base))
        for axis, option, changed in options:
            where = f"{self._where}: axes.{axis}.{option}"
            apply_changes(data, changes_of(changed, where=where))
        key, changed = change
        apply_changes(data, changes_of(changed, where=f"{self._where}: changes.{key}"))
        chosen = {axis: option for axis, option, _ in options}
        name = name or ", ".join([str(data.get("benchmark")), *chosen.values()])
        ranges = ranges or {}
        # Both ends must be valid; the arm keeps the lower ones.
        for ends in ({path: span.ends[place] for path, span in ranges.items()} for place in (1, 0)):
            apply_changes(data, changes_of(ends, where=f"{self._where}: axes"))
            spec = check_benchmark(data, self._registry, where=f"{self._where}: {name}")
        return Arm(name, data, spec, chosen, ranges)

    def _check_arms_differ(self, arms: Sequence[Arm]) -> None:
        names, digests = set[str](), dict[str, str]()
        for arm in arms:
            if arm.name in names:
                raise SpecError(f"{self._where}: two arms have the name {arm.name!r}")
            names.add(arm.name)
            earlier = digests.setdefault(spec_digest(arm.spec), arm.name)
            if earlier != arm.name:
                raise SpecError(
                    f"{self._where}: {earlier!r} and {arm.name!r} are the same benchmark: the "
                    "settings in which they differ have no effect"
                )

    def _check_question(self, question: Question, arms: Sequence[Arm]) -> None:
        known = {arm.name: arm.spec for arm in arms}
        for contrast in question.contrasts:
            for name in (contrast.arm, contrast.against):
                if name not in known:
                    message = str(UnknownNameError(name, noun="arm", known=known))
                    raise SpecError(f"{self._where}: contrasts: {message}")
                check_metric(question.metric, known[name], where=self._where)
            if contrast.arm == contrast.against:
                raise SpecError(
                    f"{self._where}: contrasts: {contrast.arm!r} is compared with itself"
                )


def _contrasts(spec: AblationSpec, begin: Sequence[str]) -> list[Contrast]:
    """The contrasts at one combination of options, whose names *begin* those of its arms.

    A contrast between changes is asked at every combination, one between whole arms only once.
    """
    changes = [spec.baseline_name, *spec.changes]
    asked = spec.contrasts or [Contrast(change, spec.baseline_name) for change in spec.changes]

    def whole(name: str) -> str:
        return ", ".join([*begin, name]) if name in changes else name

    return [Contrast(whole(each.arm), whole(each.against)) for each in asked]


def _combinations(axes: Mapping[str, Axis]) -> Iterator[tuple[Option, ...]]:
    """Every combination of one option from each axis that is no range."""
    sides = [
        [(name, option, changes) for option, changes in axis.items()]
        for name, axis in axes.items()
        if not isinstance(axis, Range)
    ]
    return itertools.product(*sides)


def _most(resources: ResourceSpec, arms: Iterable[Arm]) -> ResourceSpec:
    """The most that the file or any of its benchmarks asks for."""
    asked = [resources, *(arm.spec.resources for arm in arms)]
    cpus = [each.cpus for each in asked if each.cpus is not None]
    return ResourceSpec(cpus=max(cpus, default=None), gpus=max(each.gpus for each in asked))


def _note(notes: list[str] | None, dropped: Iterable[str]) -> None:
    if notes is not None:
        notes.extend(entry for entry in dropped if entry not in notes)
