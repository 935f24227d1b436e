"""One store through kills, several parents, full and read-only disks, and changed plug-ins."""

import functools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

import seqreason

TINY_PLUGINS = Path(__file__).parent.parent / "tiny_plugins.py"
COMMAND = [sys.executable, "-m", "seqreason.cli", "run"]
PATIENCE_SECONDS = 300
NUM_CELLS = 12

MINE = '''"""A plug-in of your own."""

import seqreason


class Mine(seqreason.Encoder):
    """Each pixel is a feature."""

    name = "mine"
    version = "1"

    def __init__(self, config, context):
        super().__init__()
        self.features = context.height * context.width

    def forward(self, frames):
        return frames.flatten(start_dim=1)


@seqreason.hookimpl
def seqreason_encoders():
    return [Mine]
'''


@pytest.fixture
def suite(make_data):
    """Twelve cells, each of which takes a few checkpoints and a part of a second."""
    training = {"examples": 160, "epochs": 2, "batch_size": 20, "precision": "float32"}
    baseline = make_data(
        training={**training, "checkpoint_steps": 3},
        evaluation={"examples": 4, "valid_examples": 20, "train_examples": 20},
    )
    return {
        "ablation": "small",
        "baseline": baseline,
        "changes": {
            "lstm": {"reasoner.cell": "lstm"},
            "wide": {"reasoner.hidden": 24},
            "crisp": {"loss.prediction.smoothing": 0.1},
        },
        "seeds": [0, 1, 2],
        "resources": {"cpus": 1},
    }


@pytest.fixture
def small_suite(suite):
    """Two arms of it."""
    suite["changes"] = {"lstm": suite["changes"]["lstm"]}
    return suite


@pytest.fixture
def runs(tmp_path):
    """The store's folder: a small file system of its own, where one can be mounted."""
    folder = tmp_path / "runs"
    folder.mkdir()
    with suppress(OSError):
        mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]
        subprocess.run(mount, capture_output=True, check=False)
    yield folder
    if folder.is_mount():
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def start(tmp_path, suite, runs):
    """Starts the command of the suite on the store, in a new session."""
    started = []

    def start(*arguments, plugins=(TINY_PLUGINS,), **options):
        (tmp_path / "suite.yaml").write_text(yaml.safe_dump(suite))
        given = [part for plugin in plugins for part in ("--plugin", plugin)]
        started.append(
            subprocess.Popen(
                [*COMMAND, "suite.yaml", "--runs", runs, *given, *map(str, arguments)],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                **options,
            )
        )
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def command(start):
    """Runs the command to its end."""

    def command(*arguments, **options):
        return ended(start(*arguments, **options))

    return command


@pytest.fixture
def here(tmp_path, suite, runs, seqreason):
    """Runs the command to its end in this process."""

    def here(*arguments):
        (tmp_path / "suite.yaml").write_text(yaml.safe_dump(suite))
        words = ["run", "suite.yaml", "--runs", runs, "--plugin", TINY_PLUGINS, *arguments]
        return seqreason(*words)

    return here


def ended(process):
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def cells_of(outcome):
    """The cells in the document of a command with `--json`."""
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)["cells"]


def metrics_of(cells):
    return {(cell["arm"], cell["seed"]): cell["metrics"] for cell in cells}


def undisturbed(suite):
    """The metrics of the suite's cells as one process computes them."""
    return _undisturbed(json.dumps(suite))


@functools.cache
def _undisturbed(suite):
    with tempfile.TemporaryDirectory() as runs:
        return metrics_in(json.loads(suite), runs)[0]


def metrics_in(suite, runs):
    """The metrics of all cells, run to the end in this process, and which it found finished."""
    results = computed(suite, runs)
    assert len(results) == NUM_CELLS
    metrics = {(cell.arm, cell.seed): cell.metrics for cell in results}
    return metrics, {Path(cell.folder) for cell in results if cell.is_reused}


def computed(suite, runs, *seeds):
    """The suite's cells, of some seeds or all, run to the end in this process."""
    results = seqreason.run(suite, seeds=seeds, plugins=[str(TINY_PLUGINS)], runs=runs)
    assert {cell.status for cell in results} == {"finished"}
    return results


def finished_in(runs):
    """The folder of each finished cell, with the time of its result."""
    return {path.parent: path.stat().st_mtime_ns for path in runs.glob("*/*/result.json")}


def files_in(folder):
    """Every file with its time and size, which change when it is written."""
    states = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (state.st_mtime_ns, state.st_size) for path, state in states.items()}


def processes_of(session):
    """The living processes that a command has started, itself among them: number → parent's."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, _, its_session = path.read_text().rpartition(")")[2].split()[:4]
            if state != "Z" and int(its_session) == session:
                found[int(path.parent.name)] = int(parent)
    return found


def workers_of(process):
    """The numbers of the command's worker processes."""
    found = []
    for number, parent in processes_of(process.pid).items():
        with suppress(OSError):
            line = Path(f"/proc/{number}/cmdline").read_bytes()
            if parent == process.pid and b"spawn_main" in line:
                found.append(number)
    return found


def kill_the_parent(process):
    process.kill()


def kill_a_worker(process):
    os.kill(workers_of(process)[0], signal.SIGKILL)


def kill_all(process):
    os.killpg(process.pid, signal.SIGKILL)


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"timed out: {what}"
        time.sleep(0.02)


def moments(seed, count=1):
    """Random moments of a run, in order: a number of finished cells, and some seconds after.

    The latest leaves enough cells that it comes before the end of the run.
    """
    chance = random.Random(seed)
    numbers = sorted(chance.sample(range(NUM_CELLS - 2), count))
    return [(number, chance.uniform(0, 0.3)) for number in numbers]


def wait_for(moment, process, runs):
    number, seconds = moment

    def is_there():
        assert process.poll() is None, f"the run ended too early: {process.communicate()}"
        return len(finished_in(runs)) >= number and workers_of(process)

    wait_until(is_there, f"{number} finished cells")
    time.sleep(seconds)


def assert_refused(outcome, *messages):
    """The command ends with code 1 and one message, untraced."""
    assert outcome.returncode == 1, outcome.stderr
    assert outcome.stdout == ""
    assert "Traceback" not in outcome.stderr
    found = [line for line in outcome.stderr.splitlines() if line.startswith("seqreason: ")]
    assert found == outcome.stderr.splitlines()[-1:]
    for message in messages:
        assert message in found[0]


def test_assert_refused_fails_on_a_second_message():
    twice = subprocess.CompletedProcess([], 1, stdout="", stderr="seqreason: a\nseqreason: b\n")
    with pytest.raises(AssertionError):
        assert_refused(twice)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kill", "seed"),
    [
        *((kill_all, seed) for seed in range(3)),
        *((kill_the_parent, seed) for seed in range(3)),
    ],
)
def test_a_killed_suite_run_again_ends_as_if_undisturbed(suite, runs, start, kill, seed):
    process = start("--executor", "processes", "--json")
    wait_for(*moments(seed), process, runs)
    kill(process)
    assert process.wait() == -signal.SIGKILL
    wait_until(lambda: not processes_of(process.pid), "the end of all workers")
    before = finished_in(runs)
    metrics, reused = metrics_in(suite, runs)
    assert metrics == undisturbed(suite)
    assert reused == set(before)
    after = finished_in(runs)
    assert len(after) == NUM_CELLS
    assert before.items() <= after.items()
    assert [*runs.glob("*/*/*.part"), *runs.glob("*/*/checkpoint.pt")] == []


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_suite_ends_undisturbed_though_two_of_its_workers_are_killed(suite, runs, start, seed):
    process = start("--executor", "processes", "--json")
    before = {}
    for moment in moments(seed, 2):
        wait_for(moment, process, runs)
        kill_a_worker(process)
        assert before.items() <= finished_in(runs).items()
        before = finished_in(runs)
    assert metrics_of(cells_of(ended(process))) == undisturbed(suite)
    assert before.items() <= finished_in(runs).items()
    assert [*runs.glob("*/*/*.part"), *runs.glob("*/*/checkpoint.pt")] == []
    wait_until(lambda: not processes_of(process.pid), "the end of all workers")


@pytest.mark.slow
def test_two_parents_on_one_store_compute_each_cell_once(suite, start):
    both = [start("--executor", kind, "--json") for kind in ("sequential", "processes")]
    found = [cells_of(ended(process)) for process in both]
    assert metrics_of(found[0]) == metrics_of(found[1]) == undisturbed(suite)
    computed = Counter(cell["digest"] for cells in found for cell in cells if not cell["reused"])
    assert computed == {cell["digest"]: 1 for cell in found[0]}


@pytest.mark.slow
def test_a_parent_takes_over_the_cells_of_one_that_is_killed(suite, runs, start):
    killed, left = start("--executor", "processes"), start("--json")
    wait_for((2, 0.1), killed, runs)
    kill_all(killed)
    assert metrics_of(cells_of(ended(left))) == undisturbed(suite)
    assert [*runs.glob("*/*/checkpoint.pt")] == []


def no_room(runs):
    return filled(runs, bytes_left=0)


def little_room(runs):
    return filled(runs, bytes_left=20_000)


@contextmanager
def filled(runs, *, bytes_left):
    """Within the block, the file system of the store has room for *bytes_left* bytes.

    Where none can be mounted, the size of files is limited instead, but not below a suite's file.
    """
    if not runs.is_mount():
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(bytes_left, 2_000), before[1]))
        try:
            yield {}
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        return
    filler = runs / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(filler, filler.stat().st_size - bytes_left)
    yield {}
    filler.unlink()


@contextmanager
def small_files_alone(runs):
    """Options for a command, so that it cannot write a larger file."""
    limits = (resource.RLIMIT_FSIZE, (20_000, 20_000))
    yield {"preexec_fn": lambda: resource.setrlimit(*limits)}


def assert_full_disk_is_reported(suite, runs, message):
    """The command on seeds 0 and 1 failed, kept the files, and resumes when there is room."""
    assert_refused(message, "cannot be written")
    standing = Counter((cell.seed, cell.is_reused) for cell in computed(suite, runs, 0, 1))
    assert standing == {(0, True): 2, (1, False): 2}


def test_a_full_disk_is_one_message_and_leaves_earlier_cells(small_suite, runs, here):
    computed(small_suite, runs, 0)
    earlier = files_in(runs)
    with no_room(runs):
        result = here("--seeds", "0,1")
    assert earlier.items() <= files_in(runs).items()
    assert_full_disk_is_reported(small_suite, runs, result)
    assert earlier.items() <= files_in(runs).items()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "executor"),
    [(little_room, "processes"), (little_room, "sequential"), (small_files_alone, "processes")],
)
def test_a_disk_that_fills_up_is_one_message_and_leaves_earlier_cells(
    small_suite, runs, command, limit, executor
):
    computed(small_suite, runs, 0)
    earlier = files_in(runs)
    with limit(runs) as options:
        result = command("--seeds", "0,1", "--executor", executor, **options)
    assert earlier.items() <= files_in(runs).items()
    assert_full_disk_is_reported(small_suite, runs, result)
    assert earlier.items() <= files_in(runs).items()


def test_a_read_only_store_lists_its_cells_and_refuses_more(small_suite, runs, here):
    computed(small_suite, runs, 0)
    earlier = files_in(runs)
    with read_only(runs):
        again = computed(small_suite, runs, 0)
        planned = cells_of(here("--seeds", "0,1", "--dry-run", "--json"))
        result = here("--seeds", "0,1")
    assert [cell.is_reused for cell in again] == [True] * 2
    assert Counter(cell["status"] for cell in planned) == {"finished": 2, "to run": 2}
    assert_refused(result, "cannot be written to; choose another with --runs DIR")
    assert files_in(runs) == earlier


@pytest.mark.slow
def test_a_read_only_store_lists_cells_that_stopped(small_suite, runs, command):
    computed(small_suite, runs, 0)
    (stopped, *_) = finished_in(runs)
    (stopped / "result.json").rename(stopped / "checkpoint.pt")
    with read_only(runs):
        planned = cells_of(command("--seeds", 0, "--dry-run", "--json"))
    (why,) = (cell["why"] for cell in planned if cell["status"] == "to run")
    assert why == "stopped: resumes from its checkpoint"


@contextmanager
def read_only(folder):
    """Within the block, nobody can write to *folder*, not even root."""
    if folder.is_mount():
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        return
    if os.geteuid() == 0:
        pytest.skip("no file system can be mounted here, and root may write to any folder")
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.mark.slow
def test_a_finished_suite_run_again_touches_nothing(small_suite, runs, command):
    first = cells_of(command("--seeds", "0,1", "--json"))
    before = files_in(runs)
    again = cells_of(command("--seeds", "0,1", "--executor", "processes", "--json"))
    assert cells_of(command("--seeds", "0,1", "--dry-run", "--json"))
    assert files_in(runs) == before
    assert [cell["reused"] for cell in again] == [True] * 4
    assert metrics_of(again) == metrics_of(first)


@pytest.mark.slow
def test_a_changed_plug_in_s_cells_alone_are_run_again_and_dry_run_says_why(
    tmp_path, suite, command
):
    plugins = [tmp_path / "tiny.py", tmp_path / "mine.py"]
    plugins[0].write_text(TINY_PLUGINS.read_text())
    plugins[1].write_text(MINE)
    suite["changes"] = {"mine": {"encoder.kind": "mine"}}

    def standing():
        planned = cells_of(command("--seeds", "0,1", "--dry-run", "--json", plugins=plugins))
        return Counter((cell["arm"], cell["status"], cell["why"]) for cell in planned)

    assert command("--seeds", "0,1", plugins=plugins).returncode == 0
    finished = {("baseline", "finished", ""): 2, ("mine", "finished", ""): 2}
    assert standing() == finished
    plugins[1].write_text(f"# A remark.\n{MINE}")
    changed = "digest changed: plug-in encoder mine: its source changed (version 1 as before)"
    assert standing() == {("baseline", "finished", ""): 2, ("mine", "to run", changed): 2}
    plugins[1].write_text(MINE.replace('version = "1"', 'version = "2"'))
    changed = "digest changed: plug-in encoder mine 1 → 2"
    assert standing() == {("baseline", "finished", ""): 2, ("mine", "to run", changed): 2}
    cells = cells_of(command("--seeds", "0,1", "--json", plugins=plugins))
    assert Counter((cell["arm"], cell["reused"]) for cell in cells) == {
        ("baseline", True): 2,
        ("mine", False): 2,
    }
    assert standing() == finished
