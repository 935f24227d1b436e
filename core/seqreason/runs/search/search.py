"""Searching the ranges of a suite by trials that are judged on the validation split only.

The store keeps a journal of each search, so that a stopped search can resume. Its trials are
ordinary cells that are never scored on the test split.
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
        """The result of a finished search, or None; computes nothing.

        Raises:
            SpecError: optuna is not installed.
            TrainingError: no trial finished.
        """
        if not self._journal().is_file():
            return None
        study = self._study()
        ended = sum(trial.state.is_finished() for trial in study.get_trials())
        return self._outcome(study) if ended >= self.spec.trials else None

    def best(self, computer: Computer) -> tuple[Arm, SearchResult]:
        """The arm with the best values, and the result of the search, which resumes if it stopped.

        Raises:
            SpecError: optuna is not installed.
            TrainingError: no trial finished.
        """
        optuna = optuna_or_error()
        states = optuna.trial.TrialState
        study = self._study()
        # Trials that a stopped process left unfinished come first.
        running = [trial for trial in study.get_trials() if trial.state == states.RUNNING]
        self._try(study, running, computer)
        while (left := self.spec.trials - len(study.get_trials())) > 0:
            study.sampler = optuna.samplers.TPESampler(
                seed=self._seed(len(study.get_trials())), constant_liar=True
            )
            spans = {path: _distribution(span) for path, span in self.arm.ranges.items()}
            asked = [study.ask(spans) for _ in range(min(left, self.spec.at_once))]
            numbers = {trial.number for trial in asked}
            begun = [trial for trial in study.get_trials() if trial.number in numbers]
            self._try(study, begun, computer)
        return self._outcome(study)

    def _outcome(self, study: "optuna.Study") -> tuple[Arm, SearchResult]:
        trials = study.get_trials()
        states = [trial.state.name for trial in trials]
        if "COMPLETE" not in states:
            raise TrainingError(
                f"{self.arm.name}: none of the {len(trials)} trials of the search finished; "
                "`seqreason results --all` shows why"
            )
        result = SearchResult(
            arm=self.arm.name,
            trials=len(trials),
            pruned=states.count("PRUNED"),
            failed=states.count("FAIL"),
            values=dict(study.best_trial.params),
            valid_accuracy=study.best_value,
        )
        return self._arm(study.best_trial.params), result

    def _try(
        self,
        study: "optuna.Study",
        trials: Sequence["optuna.trial.FrozenTrial"],
        computer: Computer,
    ) -> None:
        """Compute the cells of *trials*, and report the outcomes to the study, in their order."""
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
        reported = Trial(str(self._journal()), self._name(), trial.number, self.spec.pruning)
        return PlannedCell(arm, seed, "unfinished", cell, self.store.folder(cell), trial=reported)

    def _arm(self, values: Mapping[str, Any], *, name: str = "") -> Arm:
        """The arm with *values* instead of its ranges."""
        data = deepcopy(dict(self.arm.data))
        apply_changes(data, changes_of(values, where=self.arm.name))
        spec = self.context.spec(data)
        return replace(self.arm, name=name or self.arm.name, data=data, spec=spec, ranges={})

    def _seed(self, number: int) -> int:
        """The seed of the sampler after *number* trials, the same in every process."""
        return int(Stream.of(self.spec.seed, "search").seed(number)) % 2**32

    def _study(self) -> "optuna.Study":
        self._journal().parent.mkdir(parents=True, exist_ok=True)
        return open_study(str(self._journal()), self._name(), is_pruned=self.spec.pruning)

    def _journal(self) -> Path:
        return self.store.root.absolute() / _FOLDER / f"{self._name()}.log"

    def _name(self) -> str:
        """A digest of everything that the search depends on."""
        seed = self.arm.spec.seeds[0]
        ranges = {path: span.model_dump() for path, span in self.arm.ranges.items()}
        # A search with more trials continues the same journal.
        settings = self.spec.model_dump(exclude={"trials"})
        cell = self.context.cell(self.arm.spec, seed, is_trial=True)
        return digest_of([cell.identity, ranges, settings])[:16]


def search_results(
    arms: Sequence[Arm], spec: SearchSpec, store: Store, context: RunContext, computer: Computer
) -> tuple[list[Arm], list[SearchResult]]:
    """Each of *arms* with the best values of its ranges, and the result of each search."""
    best = [Search(arm, spec, store, context).best(computer) for arm in arms]
    return [arm for arm, _ in best], [result for _, result in best]


def _distribution(span: Range) -> Any:
    distributions = optuna_or_error().distributions
    is_log = span.scale == "log"
    if span.integer:
        return distributions.IntDistribution(int(span.low), int(span.high), log=is_log)
    return distributions.FloatDistribution(span.low, span.high, log=is_log)
