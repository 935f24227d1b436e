"""Searching the ranges of a suite: trials that are judged on the validation split alone.

A search is kept in the store as a journal, so that it goes on where it stopped; its trials are
ordinary cells, but for the test split, which they never see.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

from seqreason.errors import TrainingError
from seqreason.randomness import Stream
from seqreason.runs.execution.computer import Computer
from seqreason.runs.execution.planned_cells import PlannedCell
from seqreason.runs.execution.run_context import RunContext
from seqreason.runs.execution.trial import MEASURED, Trial, open_study, optuna_or_error
from seqreason.runs.search.search_result import SearchResult
from seqreason.runs.store.store import Store
from seqreason.spec import Arm
from seqreason.spec.axes import Range
from seqreason.spec.digest import digest_of
from seqreason.spec.overrides import apply_changes, changes_of
from seqreason.spec.suite_and_ablation import SearchSpec

if TYPE_CHECKING:
    import optuna

_FOLDER: Final = "searches"


@final
@dataclass(frozen=True)
class Search:
    """The search of one arm's ranges."""

    arm: Arm
    spec: SearchSpec
    store: Store
    context: RunContext

    def known(self) -> tuple[Arm, SearchResult] | None:
        """The same as `best`, or None of a search that has not come to its end; computes nothing.

        Raises:
            SpecError: the package that searches is not installed.
            TrainingError: no trial came to an end.
        """
        if not self._journal().is_file():
            return None
        study = self._study()
        ended = sum(trial.state.is_finished() for trial in study.get_trials())
        return self._outcome(study) if ended >= self.spec.trials else None

    def best(self, computer: Computer) -> tuple[Arm, SearchResult]:
        """The arm with the best values found, and how the search went; it goes on if it stopped.

        Raises:
            SpecError: the package that searches is not installed.
            TrainingError: no trial came to an end.
        """
        optuna = optuna_or_error()
        states = optuna.trial.TrialState
        study = self._study()
        # Trials that a process left behind when it was stopped come first.
        running = [trial for trial in study.get_trials() if trial.state == states.RUNNING]
        self._try(study, running, computer)
        while (left := self.spec.trials - len(study.get_trials())) > 0:
            study.sampler = optuna.samplers.TPESampler(
                seed=self._seed(len(study.get_trials())), constant_liar=True
            )
            asked = [study.ask(self._distributions()) for _ in range(min(left, self.spec.at_once))]
            numbers = {trial.number for trial in asked}
            found = [trial for trial in study.get_trials() if trial.number in numbers]
            self._try(study, found, computer)
        return self._outcome(study)

    def _outcome(self, study: "optuna.Study") -> tuple[Arm, SearchResult]:
        trials = study.get_trials()
        states = [trial.state.name for trial in trials]
        if "COMPLETE" not in states:
            raise TrainingError(
                f"{self.arm.name}: none of the {len(trials)} trials of the search came to an end; "
                "`seqreason results --all` tells why"
            )
        found = SearchResult(
            arm=self.arm.name,
            trials=len(trials),
            pruned=states.count("PRUNED"),
            failed=states.count("FAIL"),
            values=dict(study.best_trial.params),
            valid_accuracy=study.best_value,
        )
        return self._arm(study.best_trial.params), found

    def _try(
        self,
        study: "optuna.Study",
        trials: Sequence["optuna.trial.FrozenTrial"],
        computer: Computer,
    ) -> None:
        """Compute the cells of *trials*, and tell the study what came out, in their order."""
        states = optuna_or_error().trial.TrialState
        planned = {place: self._planned(trial) for place, trial in enumerate(trials)}
        if not planned:
            return
        finished = sum(trial.state.is_finished() for trial in study.get_trials())
        results = computer.compute(planned, done=finished)
        for place, trial in enumerate(trials):
            result = results[place]
            if result.status == "finished":
                study.tell(trial.number, result.metrics[MEASURED], skip_if_finished=True)
            else:
                state = states.PRUNED if result.status == "pruned" else states.FAIL
                study.tell(trial.number, state=state, skip_if_finished=True)

    def _planned(self, trial: "optuna.trial.FrozenTrial") -> PlannedCell:
        arm = self._arm(trial.params, name=f"{self.arm.name} trial {trial.number}")
        seed = arm.spec.seeds[0]
        cell = self.context.cell(arm.spec, seed, arm=arm.name, is_trial=True)
        text = Trial(str(self._journal()), self._name(), trial.number, self.spec.pruning)
        return PlannedCell(arm, seed, "unfinished", cell, self.store.folder(cell), trial=text)

    def _arm(self, values: Mapping[str, Any], *, name: str = "") -> Arm:
        """The arm with *values* in the place of its ranges."""
        data = deepcopy(dict(self.arm.data))
        apply_changes(data, changes_of(values, where=self.arm.name))
        called = name or self.arm.name
        return replace(self.arm, name=called, data=data, spec=self.context.spec(data), ranges={})

    def _distributions(self) -> dict[str, Any]:
        return {path: _distribution(span) for path, span in self.arm.ranges.items()}

    def _seed(self, number: int) -> int:
        """A seed of the choice after *number* trials, whatever process makes it."""
        return int(Stream.of(self.spec.seed, "search").seed(number)) % 2**32

    def _study(self) -> "optuna.Study":
        self._journal().parent.mkdir(parents=True, exist_ok=True)
        return open_study(str(self._journal()), self._name(), is_pruned=self.spec.pruning)

    def _journal(self) -> Path:
        return self.store.root.absolute() / _FOLDER / f"{self._name()}.log"

    def _name(self) -> str:
        """Names all that the search depends on: another search begins anew."""
        seed = self.arm.spec.seeds[0]
        ranges = {path: span.model_dump() for path, span in self.arm.ranges.items()}
        # As many trials more go on with the same search.
        settings = self.spec.model_dump(exclude={"trials"})
        cell = self.context.cell(self.arm.spec, seed, is_trial=True)
        return digest_of([cell.identity, ranges, settings])[:16]


def search_results(
    arms: Sequence[Arm], spec: SearchSpec, store: Store, context: RunContext, computer: Computer
) -> tuple[list[Arm], list[SearchResult]]:
    """Each of *arms* with the best values found in its ranges, and how each search went."""
    found = [Search(arm, spec, store, context).best(computer) for arm in arms]
    return [arm for arm, _ in found], [result for _, result in found]


def _distribution(span: Range) -> Any:
    distributions = optuna_or_error().distributions
    is_log = span.scale == "log"
    if span.integer:
        return distributions.IntDistribution(int(span.low), int(span.high), log=is_log)
    return distributions.FloatDistribution(span.low, span.high, log=is_log)
