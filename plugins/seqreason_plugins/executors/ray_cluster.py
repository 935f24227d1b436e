"""Cells as tasks of a Ray cluster."""

import logging
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Final, final

from pydantic import Field, field_validator

from seqreason import Executor, ExecutorContext, PluginConfig, SpecError, TrainingError
from seqreason.interfaces.executor import Job, JobResult
from seqreason_plugins.executors.extras import import_extra
from seqreason_plugins.executors.task import Task, result_of

_MOST_RETRIES: Final = 3
_CONNECT_SECONDS: Final = 10


@final
class Ray(Executor):
    """Runs the jobs as tasks of a Ray cluster, on this machine alone or on many.

    Every machine of the cluster needs the same packages, and the same run folder and cache.
    """

    name = "ray"

    class Config(PluginConfig):
        """The cluster to use."""

        address: str | None = Field(
            None,
            description="a running cluster, host:port or auto; null: a cluster of this machine "
            "that ends with the run",
        )

        @field_validator("address")
        @classmethod
        def _address_has_a_port(cls, address: str | None) -> str | None:
            host, _, port = (address or "").rpartition(":")
            if address in (None, "auto") or (host and port.isdecimal()):
                return address
            raise ValueError("is neither auto nor host:port, such as 10.0.0.1:6379")

    def __init__(self, config: Config, context: ExecutorContext) -> None:
        """Check the package and the GPUs; `execute` connects.

        Raises:
            SpecError: the package is missing, or Ray cannot give a job the GPUs it asks for.
        """
        self._ray = import_extra("ray", extra="ray")
        self._address = config.address
        self._num_cores = context.num_cores
        self._num_threads = 1 if context.cpus_per_job is None else None
        self._demand = {"CPU": context.cpus_per_job or 1, "GPU": context.gpus_per_job}
        if context.gpus_per_job > 1 and context.gpus_per_job % 1:
            raise SpecError(
                f"{context.gpus_per_job} GPUs per job: Ray gives a job a share of one GPU, or "
                "whole GPUs; ask for 1 or less, or for a whole number"
            )

    def execute(
        self, run: Callable[[Job], JobResult], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, JobResult]]:
        """The place and the result of each job, as the jobs finish.

        Raises:
            SpecError: the cluster does not answer, or lacks the resources of a job.
            TrainingError: the worker of a job keeps dying.
        """
        if not jobs:
            return
        with self._connected():
            self._check_supply()
            places = self._submit(run, jobs)
            while places:
                (finished,), _ = self._ray.wait(list(places))
                yield places.pop(finished), result_of(self._fetched(finished))

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Connect this process to the cluster for the length of the block."""
        if self._ray.is_initialized():
            raise SpecError(
                "executor ray: this process is already connected to a Ray cluster; call "
                "ray.shutdown() before the run"
            )
        try:
            # Ray prints the death of a worker to standard output, which is for results only.
            with redirect_stdout(sys.stderr):
                self._connect()
                yield
        finally:
            self._ray.shutdown()

    def _connect(self) -> None:
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        environment = {"runtime_env": {"env_vars": _inherited()}}
        try:
            with _usage_stats_off():
                if self._address is None:
                    local = {"num_cpus": self._num_cores, "include_dashboard": False}
                    self._ray.init("local", **local, **quiet, **environment)
                else:
                    _check_reachable(self._address)
                    self._ray.init(self._address, **quiet, **environment)
        except (OSError, RuntimeError, ValueError) as error:
            tried = self._address or "of this machine"
            raise SpecError(
                f"executor ray: the cluster {tried} cannot be used: {error}. Check it with `ray "
                "status`, or leave out the address to use a cluster of this machine"
            ) from error

    def _check_supply(self) -> None:
        """Refuse jobs that no machine of the cluster can run; they would wait forever."""
        machines = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        if not any(_covers(machine, self._demand) for machine in machines):
            supply = "; ".join(_resource_text(machine) for machine in machines)
            raise SpecError(
                f"executor ray: each job asks for {_resource_text(self._demand)}, and no machine "
                f"of the cluster has them. The machines have: {supply}. Ask for less, or add a "
                "machine"
            )

    def _submit(self, run: Callable[[Job], JobResult], jobs: Sequence[Job]) -> dict[Any, int]:
        """The tasks with the places of their jobs."""
        compute = self._ray.remote(
            num_cpus=self._demand["CPU"],
            num_gpus=self._demand["GPU"],
            max_retries=_MOST_RETRIES,
            retry_exceptions=False,
        )(_compute)
        task = self._ray.put(Task.of(run, num_threads=self._num_threads))
        return {compute.remote(task, pickle.dumps(job)): n for n, job in enumerate(jobs)}

    def _fetched(self, finished: Any) -> Any:
        faults = self._ray.exceptions
        try:
            return self._ray.get(finished)
        except faults.RayTaskError as error:
            raise TrainingError(
                f"executor ray: a worker cannot run jobs: {error}\nEvery machine of the cluster "
                "needs the packages that this one has"
            ) from error
        except faults.RayError as error:
            raise TrainingError(
                f"executor ray: a job ran {1 + _MOST_RETRIES} times, and its worker died each "
                f"time: {error}\nThe usual cause is too little memory: ask for more cores per job, "
                "so that fewer jobs run at a time. Run the same command again to resume."
            ) from error


def _compute(task: Task, job: bytes) -> Any:
    return task(job)


@contextmanager
def _usage_stats_off() -> Iterator[None]:
    """Keep Ray from reporting its usage, by an environment variable, within the block."""
    name = "RAY_USAGE_STATS_ENABLED"
    before = os.environ.get(name)
    os.environ[name] = "0"
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _inherited() -> dict[str, str]:
    """The variables that tasks inherit, with absolute paths: their work folder may differ."""
    names = [name for name in ("PYTHONPATH", "SEQREASON_CACHE") if os.environ.get(name)]
    return {name: _absolute(os.environ[name]) for name in names}


def _absolute(paths: str) -> str:
    return os.pathsep.join(str(Path(path).absolute()) for path in paths.split(os.pathsep))


def _check_reachable(address: str) -> None:
    """Raise the error of a connection now; Ray itself would retry for many minutes."""
    if address != "auto":
        host, _, port = address.rpartition(":")
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()


def _covers(supply: dict[str, float], demand: dict[str, float]) -> bool:
    return all(supply.get(resource, 0) >= amount for resource, amount in demand.items())


def _resource_text(resources: dict[str, float]) -> str:
    return f"{resources.get('CPU', 0):g} cores and {resources.get('GPU', 0):g} GPUs"
