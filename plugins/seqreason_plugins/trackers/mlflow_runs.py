"""Keeps the metrics of training in MLflow, in a local file or on a server."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from time import time
from typing import TYPE_CHECKING, Any, Final, TypeVar, final

from pydantic import Field

from seqreason import Conformance, PluginConfig, Tracker, TrackerContext
from seqreason_plugins.trackers.mlflow_store import opened_store, reached

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

Entry = TypeVar("Entry")

_MILLISECONDS_BETWEEN_WRITES: Final = 1000
# The limits of MLflow for one request and for one parameter.
_METRICS_AT_ONCE, _PARAMS_AT_ONCE = 1000, 100
_LONGEST_KEY, _LONGEST_VALUE = 250, 6000
_FORBIDDEN_IN_KEYS: Final = re.compile(r"[^/\w.\- ]")


@final
class MLflow(Tracker):
    """Keeps each cell as a run in MLflow, with the cell's settings as parameters.

    A resumed cell continues its run, whose id is in `mlflow-run.txt` in the cell's run folder. A
    step that is repeated is in the run's history twice, with the same value. Metrics are written
    once a second. A run that ends before its last step is marked FAILED.
    """

    name = "mlflow"
    conformance = Conformance(
        expected_failures={"write-confinement": "the runs of all cells are in one database"},
    )

    class Config(PluginConfig):
        """Where MLflow keeps the runs."""

        uri: str | None = Field(
            None,
            description="a tracking URI; null: MLFLOW_TRACKING_URI, or `mlflow.db` in the --runs "
            "folder",
        )
        experiment: str = Field(
            "seqreason",
            min_length=1,
            max_length=500,
            description="MLflow's experiment for the runs",
        )

    def __init__(self, config: Config, context: TrackerContext) -> None:
        uri = config.uri or os.environ.get("MLFLOW_TRACKING_URI") or _local_uri(context)
        self._uri, self._num_steps = uri, context.num_steps
        self._client = opened_store(uri)
        self._waiting: list[Metric] = []
        self._written_at = 0
        with reached(uri):
            self._run_id, self._is_complete = _begun_run(self._client, config.experiment, context)

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Add a point to the history of each metric."""
        from mlflow.entities import Metric  # noqa: PLC0415  # see opened_store

        now = int(time() * 1000)
        self._waiting += [Metric(name, value, now, step) for name, value in metrics.items()]
        self._is_complete = step >= self._num_steps
        if now - self._written_at >= _MILLISECONDS_BETWEEN_WRITES:
            self._write()
            self._written_at = now

    def close(self) -> None:
        """Write the remaining metrics, and mark the run as ended."""
        self._write()
        status = "FINISHED" if self._is_complete else "FAILED"
        with reached(self._uri):
            self._client.set_terminated(self._run_id, status)

    def _write(self) -> None:
        with reached(self._uri):
            for metrics in _portions(self._waiting, _METRICS_AT_ONCE):
                self._client.log_batch(self._run_id, metrics=metrics, synchronous=True)
        self._waiting.clear()


def _local_uri(context: TrackerContext) -> str:
    """One file for the cells of all benchmarks, so that they can be compared."""
    path = str(context.cell_folder.resolve().parent.parent / "mlflow.db")
    # Both characters have another meaning in a URI.
    return "sqlite:///" + path.replace("%", "%25").replace("?", "%3F")


def _begun_run(
    client: "MlflowClient", experiment: str, context: TrackerContext
) -> tuple[str, bool]:
    """The id of the cell's run, old or new, and whether the run was finished."""
    file = context.cell_folder / "mlflow-run.txt"
    run_id = file.read_text(encoding="utf-8") if file.exists() else ""
    status = _status(client, run_id) if run_id else None
    if status is not None:
        client.update_run(run_id, "RUNNING")
        return run_id, status == "FINISHED"
    run = client.create_run(_experiment_id(client, experiment), run_name=context.cell)
    for params in _portions(_params(context.settings), _PARAMS_AT_ONCE):
        client.log_batch(run.info.run_id, params=params, synchronous=True)
    file.write_text(run.info.run_id, encoding="utf-8")
    return run.info.run_id, False


def _status(client: "MlflowClient", run_id: str) -> str | None:
    """The status of the run; None if it was deleted or belongs to another store."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    try:
        info = client.get_run(run_id).info
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
    return info.status if info.lifecycle_stage == "active" else None


def _experiment_id(client: "MlflowClient", name: str) -> str:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            return client.create_experiment(name)
        except MlflowException:
            # Another process may have made it in the meantime.
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
    return experiment.experiment_id


def _params(settings: Mapping[str, Any]) -> list["Param"]:
    from mlflow.entities import Param  # noqa: PLC0415

    texts = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        for key, value in settings.items()
    }
    return [
        Param(_FORBIDDEN_IN_KEYS.sub("_", key)[:_LONGEST_KEY], text[:_LONGEST_VALUE])
        for key, text in texts.items()
    ]


def _portions(entries: Sequence[Entry], size: int) -> list[Sequence[Entry]]:
    return [entries[begin : begin + size] for begin in range(0, len(entries), size)]
