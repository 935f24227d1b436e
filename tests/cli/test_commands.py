"""The command line for scripts and people: output, exit codes, messages."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from typer.main import get_command

from seqreason import run
from seqreason.cli import app
from seqreason.reports.pictures import keep_pictures

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
COMMAND = [sys.executable, "-m", "seqreason.cli"]


@pytest.fixture
def process(tmp_path):
    """Runs the command in a new process, in an empty folder."""

    def process(*arguments):
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return process


@pytest.fixture
def run_tiny(seqreason, spec_file):
    def run_tiny(*arguments):
        return seqreason("run", spec_file, "--plugin", TINY_PLUGINS, *arguments)

    return run_tiny


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A run folder that the tests of this file fill once."""
    return tmp_path_factory.mktemp("kept") / "runs"


@pytest.fixture
def finished(kept, make_data, tmp_path):
    """The test's run folder holds the tiny benchmark's cell at seed 4, with its pictures."""
    (cell,) = run(make_data(), seeds=[4], plugins=[TINY_PLUGINS], runs=kept)
    keep_pictures(cell)
    return shutil.copytree(kept, tmp_path / "runs")


def assert_reported(outcome, code, *messages):
    """The command exits with *code*, and prints *messages* on standard error, untraced."""
    assert outcome.returncode == code, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.stdout == ""
    for message in messages:
        assert message in outcome.stderr


def test_assert_reported_fails_on_a_traceback():
    traced = subprocess.CompletedProcess([], 2, stdout="", stderr="Traceback (most recent call")
    with pytest.raises(AssertionError):
        assert_reported(traced, 2)


def test_the_package_is_light_to_import():
    code = (
        "import sys, seqreason\n"
        "print([m for m in ('torch', 'pluggy', 'pydantic') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (result.stdout, result.stderr) == ("[]\n", "")


def commands_of(group, *path):
    """The words of each command and of each group of commands."""
    for name, command in getattr(group, "commands", {}).items():
        yield [*path, name]
        yield from commands_of(command, *path, name)


COMMANDS = [[], *commands_of(get_command(app))]


def test_no_command_s_help_loads_torch_or_a_plug_in():
    code = (
        "import sys\nfrom seqreason.cli import app\n"
        f"for words in {COMMANDS}:\n"
        "    try: app([*words, '--help'])\n    except SystemExit: pass\n"
        "print([m for m in ('torch', 'numpy', 'matplotlib', 'pluggy') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.count("Usage:") == len(COMMANDS) == 18
    assert result.stdout.endswith("[]\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(seqreason, command):
    result = seqreason(*command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_help_shows_the_commands_in_their_groups_and_a_line_each(seqreason, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    groups, lines = {}, seqreason("--help").stdout.splitlines()
    for line in lines:
        if line.startswith("╭"):
            rows = groups.setdefault(line.strip("╭─╮ "), [])
        elif line.startswith("│"):
            rows.append(line.strip("│ ").partition(" ")[0])
    assert max(map(len, lines)) == 80
    assert {name: rows for name, rows in groups.items() if name != "Options"} == {
        "Benchmarks": ["run", "show", "audit"],
        "Results": ["results", "compare", "report", "predict", "runs"],
        "Plug-ins and data": ["list", "plugins", "check", "new", "schema", "data"],
    }


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_teaches_by_an_example_and_fits_a_terminal(seqreason, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    if command not in ([], ["data"], ["runs"]):
        usage, text = seqreason(*command, "--help").stdout.split("Examples:")
        assert f" seqreason {' '.join(command)}" in text
        # A line of the docstring that is too long for the terminal leaves a stub below it.
        lines = [line.strip() for line in usage.splitlines()]
        stubs = [line for line in lines[3:] if line and len(line) < 20 and line[-1] not in ".;"]
        assert stubs == []


def test_the_version_is_printed(seqreason):
    assert seqreason("--version").stdout.startswith("seqreason 0.")


def test_run_prints_a_table_and_keeps_progress_off_standard_output(run_tiny):
    result = run_tiny()
    assert result.returncode == 0, result.stderr
    assert "Accuracy at the last position" in result.stdout
    assert "Test accuracy by length" in result.stdout
    assert "epoch 2 of 2" in result.stderr
    assert "epoch" not in result.stdout


def test_run_as_json_is_one_document_with_the_names_of_the_contract(run_tiny, finished):
    (cell,) = json.loads(run_tiny("--json", "--seeds", "4").stdout)["cells"]
    wanted = {
        "digest",
        "benchmark",
        "arm",
        "seed",
        "status",
        "seconds",
        "train_seconds",
        "train_sequences",
        "metrics",
    }
    assert wanted <= set(cell)
    assert (cell["benchmark"], cell["seed"], cell["status"]) == ("tiny", 4, "finished")
    assert cell["train_sequences"] == 120


def test_a_second_run_finds_the_cell_finished(run_tiny, finished):
    result = run_tiny("--seeds", "4")
    assert "epoch" not in result.stderr
    assert "found finished in" in result.stdout


@pytest.mark.parametrize(
    "changes",
    [
        ["reasoner.cell=lstm"],
        ["reasoner.perception.cell=lstm"],
        ["reasoner.prediction.cell=lstm"],
        ["reasoner.bidirectional=false"],
        ["reasoner.prediction.bidirectional=false"],
        ["reasoner.handoff=soft"],
        ["loss.objective.kind=cross-entropy"],
        ["encoder.batch_norm=true"],
        ["training.precision=bfloat16"],
    ],
)
def test_each_variant_of_the_report_is_one_set_away_and_trains(make_data, tmp_path, changes):
    training = {"examples": 20, "epochs": 1, "batch_size": 20, "precision": "float32"}
    data = make_data(training=training)
    (cell,) = run(data, overrides=changes, plugins=[TINY_PLUGINS], runs=tmp_path / "runs")
    assert cell.status == "finished", cell.reason


def test_dropped_settings_are_noted(run_tiny):
    result = run_tiny("--set", "loss.prediction.kind=hard", "--dry-run")
    assert "loss.prediction: settings of smoothed dropped: smoothing" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "training.epoch=1"], "training.epoch: no such setting. Did you mean 'epochs'"),
        (["--set", "encoder.kind=cnn"], "unknown encoder 'cnn': choose from"),
        (["--set", "training.epochs=many"], "training.epochs: expected a whole number"),
        (
            ["--set", "generator.differences=[20,22]"],
            "tiny: generator normal: differences: no difference in 20 … 22 fits",
        ),
        (
            ["--set", "evaluation.shifted.long.lengths=[9,40]"],
            "tiny: evaluation.shifted.long: generator normal: differences: no difference in",
        ),
        (["--seeds", str(2**64)], "seeds.0: expected less than"),
        (["--set", "training"], "--set training: expected path=value"),
        (["--seeds", "a"], "--seeds a: expected integers separated by commas"),
        (["--executor", "cloud"], "unknown executor 'cloud': choose from processes, ray"),
        (["--executor", "cloud", "--dry-run"], "unknown executor 'cloud': choose from processes"),
        (["--tracker", "cloud", "--dry-run"], "unknown tracker 'cloud': choose from csv"),
        (["--plugin", "gone.py"], "plug-in gone.py (given with --plugin): there is no such file"),
        (["--set", "training.device=mps"], "training.device: this machine has no mps"),
    ],
)
def test_a_user_s_mistake_is_one_message_and_exit_code_2(run_tiny, tmp_path, arguments, message):
    assert_reported(run_tiny(*arguments), 2, message)
    assert not (tmp_path / "runs").exists()


def test_a_process_ends_with_that_message_and_code(process, spec_file):
    result = process("run", spec_file, "--plugin", TINY_PLUGINS, "--seeds", "a")
    assert_reported(result, 2, "seqreason: --seeds a: expected integers separated by commas")


def test_an_unknown_option_is_a_usage_error(run_tiny):
    result = run_tiny("--sead", "1")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("damage", ["missing", "truncated", "not gzip"])
def test_unusable_data_is_one_message_and_exit_code_1(seqreason, tmp_path, damage):
    path = tmp_path / "letter.data.gz"
    if damage != "missing":
        path.write_bytes(b"\x1f\x8b\x08\x00" + b"\x00" * 20 if damage == "truncated" else b"text")
    result = seqreason("run", "easy-ocr", "--set", f"source.path={path}")
    assert_reported(result, 1, str(path))
    assert not (tmp_path / "runs").exists()


def test_a_run_folder_that_cannot_be_made_is_one_message(run_tiny, tmp_path):
    (tmp_path / "file").write_text("")
    assert_reported(run_tiny("--runs", "file/runs"), 1, "run folder file/runs", "is not a folder")


def test_a_failed_cell_is_exit_code_1_with_its_reason(run_tiny):
    result = run_tiny("--set", "encoder.kind=explodes")
    assert result.returncode == 1
    assert "ZeroDivisionError: the encoder exploded" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def wait_for_checkpoint(process, folder, seconds=120):
    """Return once there is a checkpoint; the process must still run."""
    deadline = time.monotonic() + seconds
    while not list(folder.rglob("checkpoint.pt")):
        assert process.poll() is None, "the run ended before its first checkpoint"
        assert time.monotonic() < deadline, "no checkpoint in time"
        time.sleep(0.02)


@pytest.mark.parametrize(
    "killed_by", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)]
)
def test_a_killed_run_resumes_and_ends_with_the_same_metrics(
    spec_file, seqreason, tmp_path, killed_by
):
    changes = [
        "training.examples=600",
        "training.checkpoint_steps=7",
        "reasoner.layers=2",
        "reasoner.dropout=0.3",
    ]
    arguments = ["run", spec_file, "--plugin", TINY_PLUGINS, "--json"]
    arguments += [word for change in changes for word in ("--set", change)]
    started = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--runs", "killed"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A background job of a script ignores Ctrl-C; a command of a user does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for_checkpoint(started, tmp_path / "killed")
    started.send_signal(killed_by)
    _, errors = started.communicate(timeout=300)
    assert started.returncode == (-9 if killed_by == signal.SIGKILL else 130)
    if killed_by == signal.SIGINT:
        assert b"Interrupted. Run it again to resume from the last checkpoint." in errors
        assert b"Traceback" not in errors
    result = seqreason(*arguments, "--runs", "killed")
    (resumed,) = json.loads(result.stdout)["cells"]
    assert "tiny seed 0: resuming at step" in result.stderr
    (whole,) = run(spec_file, overrides=changes, plugins=[TINY_PLUGINS], runs=tmp_path / "whole")
    assert resumed["metrics"] == whole.metrics
    assert not resumed["reused"]


def test_list_names_plug_ins_and_specs(seqreason):
    document = json.loads(seqreason("list", "--json").stdout)
    names = {(entry["kind"], entry["name"]) for entry in document["plugins"]}
    assert {("encoder", "residual-cnn"), ("source", "strokes"), ("labels", "smoothed")} <= names
    specs = {entry["name"]: entry["summary"] for entry in document["specs"]}
    assert {"quickstart", "easy", "normal", "easy-ocr", "normal-ocr"} <= set(specs)
    assert all(specs.values())
    assert all(entry["summary"] for entry in document["plugins"])


def test_list_of_one_kind_leaves_the_others_out(seqreason):
    document = json.loads(seqreason("list", "encoders", "--json").stdout)
    assert [entry["name"] for entry in document["plugins"]] == [
        "frozen-random",
        "mlp",
        "residual-cnn",
        "torchvision",
    ]
    assert document["specs"] == []


def test_an_unknown_kind_names_the_nearest(seqreason):
    assert_reported(seqreason("list", "encodr"), 2, "did you mean 'encoder'")


def test_plugins_shows_the_health_of_each(seqreason):
    rows = json.loads(seqreason("plugins", "--json", "--plugin", TINY_PLUGINS).stdout)["plugins"]
    assert all(row["error"] is None for row in rows)
    assert rows[-1]["plugin"] == TINY_PLUGINS
    assert "source dots" in rows[-1]["offers"]


@pytest.mark.parametrize("split", ["train", "test", "longer"])
def test_show_draws_frames_answers_and_rules(seqreason, spec_file, tmp_path, split):
    result = seqreason(
        "show",
        spec_file,
        "--plugin",
        TINY_PLUGINS,
        "--split",
        split,
        "--count",
        "4",
        "--out",
        "sheet.png",
        "--set",
        "evaluation.shifted.longer.lengths=[9, 12]",
    )
    assert result.returncode == 0, result.stderr
    picture = imread(tmp_path / "sheet.png")
    assert len(np.unique(picture[..., 0])) > 50


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--split", "tset"], 2, "unknown split 'tset': did you mean 'test'"),
        (
            ["--out", "no/such/folder/sheet.png"],
            1,
            "--out no/such/folder/sheet.png: the sheet cannot",
        ),
        (["--out", "sheet.xyz"], 1, "--out sheet.xyz: the sheet cannot be written"),
    ],
)
def test_show_explains_what_is_wrong(seqreason, spec_file, arguments, code, message):
    result = seqreason("show", spec_file, "--plugin", TINY_PLUGINS, "--count", "1", *arguments)
    assert_reported(result, code, message)
