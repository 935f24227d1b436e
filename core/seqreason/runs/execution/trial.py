"""A trial of a search, in the process that trains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, final

from seqreason.errors import SeqreasonError, SpecError

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import Trial as OptunaTrial

MEASURED: Final = "valid_accuracy"


@final
class PrunedError(SeqreasonError):
    """Raised in training to stop a trial that the search prunes."""


@final
@dataclass(frozen=True)
class Trial:
    """One trial of a study: the study's file and name, and the trial's number in it."""

    journal: str
    study: str
    number: int
    is_pruned: bool

    def report(self, step: int, metrics: Mapping[str, float]) -> None:
        """Report the metric that trials are judged by to the search, if it is in *metrics*.

        Raises:
            PrunedError: the search prunes this trial.
        """
        if not self.is_pruned or MEASURED not in metrics:
            return
        trial = open_trial(self)
        try:
            trial.report(metrics[MEASURED], step)
        except optuna_or_error().exceptions.UpdateFinishedTrialError as ended:
            raise PrunedError("another process has ended this trial") from ended
        if trial.should_prune():
            raise PrunedError(f"pruned at step {step}: behind the median of earlier trials there")


def optuna_or_error() -> Any:
    """The package optuna, an extra.

    Raises:
        SpecError: it is not installed.
    """
    try:
        import optuna  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as missing:
        raise SpecError(
            "searching a range needs the package optuna: pip install 'seqreason[search]'"
        ) from missing
    return optuna


@cache
def open_study(journal: str, name: str, *, is_pruned: bool) -> "Study":
    """The study of that name in the file *journal*; makes it if it does not exist."""
    optuna = optuna_or_error()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storages, pruners = optuna.storages, optuna.pruners
    backend = storages.journal.JournalFileBackend(journal)
    study: Study = optuna.create_study(
        storage=storages.JournalStorage(backend),
        study_name=name,
        direction="maximize",
        load_if_exists=True,
        pruner=pruners.MedianPruner(n_startup_trials=4) if is_pruned else pruners.NopPruner(),
    )
    return study


def open_trial(reported: Trial) -> "OptunaTrial":
    """The trial in its study."""
    optuna = optuna_or_error()
    study = open_study(reported.journal, reported.study, is_pruned=reported.is_pruned)
    trials = study.get_trials(deepcopy=False)
    (frozen,) = [trial for trial in trials if trial.number == reported.number]
    trial: OptunaTrial = optuna.trial.Trial(study, frozen._trial_id)
    return trial
