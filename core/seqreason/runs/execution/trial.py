"""A trial of a search, as the process that trains it knows it."""

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
    """Raised in training to stop a trial that the search has given up."""


@final
@dataclass(frozen=True)
class Trial:
    """One trial of a study: where the study is kept, and the trial's number in it."""

    journal: str
    study: str
    number: int
    is_pruned: bool

    def report(self, step: int, metrics: Mapping[str, float]) -> None:
        """Tell the search what was measured, if it is what trials are judged by.

        Raises:
            PrunedError: the search wants no more of this trial.
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
    """The package optuna, which is an extra.

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
    """The study of that name in the file *journal*, made where there is none yet."""
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


def open_trial(entries: Trial) -> "OptunaTrial":
    """The trial itself."""
    optuna = optuna_or_error()
    study = open_study(entries.journal, entries.study, is_pruned=entries.is_pruned)
    (frozen,) = [
        trial for trial in study.get_trials(deepcopy=False) if trial.number == entries.number
    ]
    trial: OptunaTrial = optuna.trial.Trial(study, frozen._trial_id)
    return trial
