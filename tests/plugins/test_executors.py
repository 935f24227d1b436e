"""Executors: every job runs once and gives its own result, through deaths, errors and Ctrl-C."""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import ValidationError

from seqreason import Executor, ExecutorContext, SpecError

PROGRAM = Path(__file__).parent / "executor_jobs.py"
LOCAL = {"cluster": "local"}
SLOW = [
    pytest.param("ray", {}, marks=pytest.mark.slow, id="ray"),
    pytest.param("submitit", LOCAL, marks=pytest.mark.slow, id="submitit"),
]
ELSEWHERE = [pytest.param("processes", {}, id="processes"), *SLOW]


def context(folder, num_cores=2):
    """The context of an executor as plain data."""
    return {
        "num_cores": num_cores,
        "cpus_per_job": None,
        "gpus_per_job": 0.0,
        "folder": str(folder),
    }


@pytest.fixture
def start(tmp_path):
    """Starts a program that has an executor compute some jobs, phase after phase."""
    started = []

    def start(kind, settings, *phases, num_cores=2):
        found = [json.dumps(part) for part in (context(tmp_path, num_cores), settings, phases)]
        paths = [str(PROGRAM.parent), os.environ.get("PYTHONPATH", "")]
        started.append(
            subprocess.Popen(
                [sys.executable, str(PROGRAM), kind, *found],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        )
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def fates(start):
    """The results of the jobs of each phase."""

    def fates(*arguments, **options):
        message, said = start(*arguments, **options).communicate(timeout=240)
        lines = [json.loads(line) for line in message.splitlines()]
        assert "Traceback" not in said
        return lines

    return fates


def outcomes(fate):
    return dict(fate["outcomes"])


JOBS = [["negated", number] for number in range(5)]


def assert_each_computed_once(some, none, error):
    """What became of the jobs, of none, and of one that raises an error."""
    assert sorted(some["outcomes"]) == [[number, -number] for number in range(5)]
    assert none["outcomes"] == []
    assert error == {"raised": "StoreError", "message": "the disk is full"}


@pytest.mark.parametrize(("kind", "settings"), ELSEWHERE)
def test_every_job_is_computed_once_with_its_own_outcome(fates, kind, settings):
    assert_each_computed_once(*fates(kind, settings, JOBS, [], [["full_disk"]]))


def test_every_job_is_computed_once_in_this_process_too(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(PROGRAM.parent)
    jobs = importlib.import_module(PROGRAM.stem)
    executor = jobs.make_executor("sequential", context(tmp_path), {})
    phases = (JOBS, [], [["full_disk"]])
    assert_each_computed_once(*(jobs.fate(executor, phase) for phase in phases))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "settings"), ELSEWHERE)
def test_a_job_whose_worker_dies_is_computed_again(fates, tmp_path, kind, settings):
    jobs = [["deadly_once", str(tmp_path / "marker")], ["negated", 1], ["negated", 2]]
    (fate,) = fates(kind, settings, jobs)
    assert outcomes(fate) == {0: "alive", 1: -1, 2: -2}


def test_a_worker_that_dies_is_followed_by_one_with_as_many_cores(fates, tmp_path):
    jobs = [["deadly_once", str(tmp_path / "marker")], ["num_threads"]]
    (fate,) = fates("processes", {"workers": 1}, jobs, num_cores=3)
    assert outcomes(fate) == {0: "alive", 1: 3}


@pytest.mark.slow
def test_workers_that_keep_dying_end_the_run_with_advice(fates):
    (fate,) = fates("processes", {}, [["deadly"]])
    assert fate["raised"] == "TrainingError"
    assert "the worker processes keep dying, 3 times in a row" in fate["message"]
    assert "--executor '{kind: processes, workers: 1}'" in fate["message"]


@pytest.mark.slow
def test_there_are_never_more_workers_than_jobs_or_than_the_setting(fates):
    jobs = [["negated", number] for number in range(4)]
    (many,) = fates("processes", {"workers": 2}, jobs, num_cores=8)
    (few,) = fates("processes", {}, jobs[:1], num_cores=8)
    assert (many["most_children"], few["most_children"]) == (2, 1)


@pytest.mark.slow
def test_workers_share_the_cores_unless_the_job_asks_for_some(fates):
    jobs = [["num_threads"], ["num_threads"]]
    (shared,) = fates("processes", {"workers": 2}, jobs, num_cores=6)
    assert outcomes(shared) == {0: 3, 1: 3}


def is_alive(number):
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", ["SIGINT", pytest.param("SIGKILL", marks=pytest.mark.slow)])
def test_no_worker_outlives_the_run(start, tmp_path, how):
    folder = tmp_path / "alive"
    folder.mkdir()
    process = start("processes", {}, [["endless", str(folder)]] * 2)
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2:
        assert time.monotonic() < deadline, "the workers never began"
        time.sleep(0.05)
    if how == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()
    _, said = process.communicate(timeout=30)
    workers = [int(path.name) for path in folder.iterdir()]
    while any(is_alive(number) for number in workers):
        assert time.monotonic() < deadline, "a worker lives on"
        time.sleep(0.05)
    # The program's own traceback of Ctrl-C may be there, but none of a worker.
    assert said.count("Traceback (most recent call last)") <= 1


def test_the_options_of_sbatch_are_a_mapping_that_cannot_be_changed(registry):
    Config = registry.find("executor", "submitit").plugin.Config  # noqa: N806
    config = Config(sbatch={"account": "mine", "nice": 3})
    assert config.sbatch == (("account", "mine"), ("nice", 3))
    assert config.model_dump()["sbatch"] == {"account": "mine", "nice": 3}
    with pytest.raises(ValidationError, match=r"expected a mapping such as \{account: mine\}"):
        Config(sbatch="account=mine")


@pytest.fixture
def build(registry, tmp_path):
    def build(kind, *, gpus_per_job=0.0, **settings):
        config = registry.find("executor", kind).plugin.Config(**settings)
        context = ExecutorContext(2, None, gpus_per_job, tmp_path)
        return registry.build(Executor, kind, config, context)

    return build


@pytest.mark.parametrize(
    ("kind", "package", "extra"), [("ray", "ray", "ray"), ("submitit", "submitit", "slurm")]
)
def test_a_missing_package_is_an_error_that_says_how_to_install_it(
    build, monkeypatch, kind, package, extra
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SpecError, match=rf"needs the package {package}: .*seqreason\[{extra}\]"):
        build(kind)


def test_slurm_without_its_commands_is_refused(build, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SpecError, match="this machine has no sbatch, no srun, no sacct"):
        build("submitit")


@pytest.mark.parametrize(
    ("gpus", "message"),
    [(0.5, "SLURM gives jobs whole GPUs"), (1, "every job would get the same ones")],
)
def test_gpus_that_jobs_cannot_get_are_refused(build, gpus, message):
    with pytest.raises(SpecError, match=message):
        build("submitit", gpus_per_job=gpus, **LOCAL)


def test_a_setting_without_effect_is_an_error(registry):
    with pytest.raises(ValueError, match="memory_gb has no effect with cluster: local"):
        registry.find("executor", "submitit").plugin.Config(cluster="local", memory_gb=4)


@pytest.mark.parametrize("address", ["here", "host:", ":1", "host:port"])
def test_an_address_without_host_and_port_is_refused(registry, address):
    with pytest.raises(ValueError, match="is neither auto nor host:port"):
        registry.find("executor", "ray").plugin.Config(address=address)
