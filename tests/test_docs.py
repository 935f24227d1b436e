"""The documents keep their word: every snippet runs, every hook and setting is told."""

import inspect
import itertools
import re
import shlex
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.interfaces import SequenceConfig
from seqreason.registry import hookspecs, load_registry
from seqreason.registry.kinds import KINDS
from seqreason.spec import (
    BenchmarkSpec,
    EvaluationSpec,
    LossSpec,
    ResourceSpec,
    TrainingSpec,
    load_benchmark,
)
from seqreason.spec.axes import Range
from seqreason.spec.suite_and_ablation import AblationSpec, ContrastSpec, SearchSpec, SuiteSpec

ROOT = Path(__file__).parent.parent
HOW_TO = {kind.name: ROOT / "docs" / "how-to" / f"{kind.name}.md" for kind in KINDS}
# These have an environment of their own: see test_tutorial and test_outside_package.
ELSEWHERE = (ROOT / "docs" / "tutorial.md", ROOT / "docs" / "examples")
DOCUMENTS = [
    ROOT / "README.md",
    *sorted(
        path
        for path in (ROOT / "docs").rglob("*.md")
        if not any(path.is_relative_to(other) for other in ELSEWHERE)
    ),
]
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<code>.*?)```", re.S)
# The commands are run as they stand, on less data.
FEW_EXAMPLES = (
    "--set training.examples=100 --set training.epochs=1 --set evaluation.examples=50 "
    "--set evaluation.valid_examples=20 --set evaluation.train_examples=20"
)
QUICK = {
    "run": FEW_EXAMPLES.split(),
    "audit": ["--set", "source.writers=20", "--set", "source.glyphs_per_letter=1"],
    "check": ["--cases", "2"],
}
# Of the commands that run or audit something, these do so by default, and the others if asked.
BY_DEFAULT = (
    "run quickstart",
    "run easy-ocr --set source.path=letter.data.gz --seeds 0",
    "run quickstart --plugin mine.py --set encoder.kind=two-layers --set encoder.features=64",
    "audit quickstart",
)


def blocks(path, kind):
    return [found for found in BLOCK.finditer(path.read_text()) if found["kind"] == kind]


def commands(path):
    """Each line that calls seqreason, in words."""
    lines = [line for block in blocks(path, "bash") for line in block["code"].splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("seqreason ")]


LINES = dict.fromkeys(tuple(command) for path in DOCUMENTS for command in commands(path))
RUNS = [line for line in LINES if line[1] == "run"]


@pytest.fixture
def folder(tmp_path, monkeypatch, letters_file):
    """An empty folder to run snippets in, holding the files that the documents show."""
    monkeypatch.chdir(tmp_path)
    if letters_file.exists():
        (tmp_path / "letter.data.gz").symlink_to(letters_file)
    for path in DOCUMENTS:
        for block in BLOCK.finditer(path.read_text()):
            if block["file"]:
                (tmp_path / block["file"]).write_text(block["code"])
    return tmp_path


def marks(is_slow):
    return [pytest.mark.slow] if is_slow else []


def documented_commands():
    """Every command line of the documents, once; slow are those that compute, but for a few."""
    for line in LINES:
        computes = line[1] in ("run", "audit") and "--dry-run" not in line
        is_slow = computes and " ".join(line[1:]) not in BY_DEFAULT
        starts_processes = line[1] == "check" and "fresh_process.py" in line
        yield pytest.param(line, id=" ".join(line), marks=marks(is_slow or starts_processes))


def pages(is_of_interest, slow=()):
    """The documents of which something holds, each by its name."""
    return [
        pytest.param(path, id=str(path.relative_to(ROOT)), marks=marks(path in slow))
        for path in DOCUMENTS
        if is_of_interest(path)
    ]


# Their snippets train or audit on as much data as they say.
COMPUTING = (ROOT / "README.md", ROOT / "docs" / "suites.md", ROOT / "docs" / "audit.md")


@pytest.mark.parametrize("path", pages(lambda path: blocks(path, "python"), COMPUTING))
def test_every_python_snippet_runs(path, folder, capsys):
    for block in blocks(path, "python"):
        exec(compile(block["code"], str(path), "exec"), {"__name__": "snippet"})


@pytest.mark.parametrize("path", pages(lambda path: path in COMPUTING))
def test_the_pages_whose_snippets_are_slow_have_snippets_that_can_be_compiled(path):
    assert [compile(block["code"], str(path), "exec") for block in blocks(path, "python")]


def message_by(command, folder):
    """What a command of the documents ends with; skipped where its data are not there."""
    if any("letter.data.gz" in word for word in command):
        skip_without(folder / "letter.data.gz")
    return CliRunner().invoke(app, command[1:])


def skip_without(letters):
    if not letters.exists():
        pytest.skip("no handwriting sets beside the checkout")


@pytest.mark.parametrize("command", list(documented_commands()))
def test_every_command_line_runs(command, folder):
    result = message_by([*command, *QUICK.get(command[1], ())], folder)
    assert result.exit_code == 0, (result.exception, result.output)


@pytest.mark.parametrize("command", [pytest.param(line, id=" ".join(line)) for line in RUNS])
def test_every_run_can_be_planned(command, folder):
    planned = [word for word in command if word != "--dry-run"]
    result = message_by([*planned, "--dry-run"], folder)
    assert result.exit_code == 0, (result.exception, result.output)


def test_the_readme_s_encoder_is_short():
    (block,) = [
        found for found in blocks(ROOT / "README.md", "python") if found["file"] == "mine.py"
    ]
    assert len(block["code"].splitlines()) <= 30


def test_no_two_files_that_the_documents_show_have_one_name():
    names = [block["file"] for path in DOCUMENTS for block in BLOCK.finditer(path.read_text())]
    given = [name for name in names if name]
    assert len(given) == len(set(given))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
class TestHowTo:
    def test_the_plug_in_is_whole_and_short(self, kind, folder):
        (block,) = [found for found in blocks(HOW_TO[kind.name], "python") if found["file"]]
        assert len(block["code"].splitlines()) <= 30
        registry = load_registry([block["file"]])
        mine = [found for found in registry.of_kind(kind.name) if not found.origin.version]
        assert [found.origin.plugin for found in mine] == [block["file"]]
        assert mine[0].plugin.__doc__

    def test_the_hook_is_reported_with_its_exact_signature(self, kind):
        signature = inspect.signature(getattr(hookspecs, kind.hook))
        (listed,) = get_args(signature.return_annotation)
        message = f"`{kind.hook}() -> list[type[{get_args(listed)[0].__name__}]]`"
        assert not signature.parameters
        assert message in HOW_TO[kind.name].read_text()

    def test_all_that_the_context_holds_is_reported(self, kind):
        message = HOW_TO[kind.name].read_text()
        (context,) = [
            value
            for name, value in vars(sys.modules[kind.interface.__module__]).items()
            if name.endswith("Context") and is_dataclass(value)
        ]
        for field in fields(context):
            assert f"`{field.name}`" in message, field.name

    def test_the_command_that_tries_it_names_it_and_its_settings(self, kind, folder):
        runs = [entry for entry in commands(HOW_TO[kind.name]) if entry[1] == "run"]
        (run,) = [entry for entry in runs if "--plugin" in entry]
        options = list(itertools.pairwise(run))
        registry = load_registry([value for name, value in options if name == "--plugin"])
        overrides = [value for name, value in options if name == "--set"]
        dumped = str(load_benchmark("quickstart", registry, overrides=overrides).model_dump())
        (mine,) = [
            found for found in registry.of_kind(kind.name) if found.origin.plugin.endswith(".py")
        ]
        named = [value for name, value in options if name in ("--executor", "--tracker")]
        assert mine.name in named or f"'{mine.name}'" in dumped


def test_every_hook_is_reported_with_what_it_returns():
    message = (ROOT / "docs" / "plugins.md").read_text()
    for kind in KINDS:
        (listed,) = get_args(inspect.signature(getattr(hookspecs, kind.hook)).return_annotation)
        (interface,) = get_args(listed)
        assert interface is kind.interface
        row = f"| `{kind.name}` | `{kind.hook}()` | `list[type[{interface.__name__}]]` |"
        assert row in message


@pytest.mark.parametrize(
    ("page", "model"),
    [
        ("specs", BenchmarkSpec),
        ("specs", LossSpec),
        ("specs", TrainingSpec),
        ("specs", EvaluationSpec),
        ("suites", SuiteSpec),
        ("suites", AblationSpec),
        ("suites", ContrastSpec),
        ("suites", SearchSpec),
        ("suites", Range),
        ("suites", ResourceSpec),
    ],
)
def test_every_setting_of_a_spec_is_reported(page, model):
    message = (ROOT / "docs" / f"{page}.md").read_text()
    for name, field in model.model_fields.items():
        assert f"| `{name}` | {field.description} |" in message


def test_every_setting_of_a_built_in_plug_in_is_reported(registry):
    message = (ROOT / "docs" / "plugins.md").read_text()
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            if found.origin.distribution != "seqreason":
                continue
            assert f"`{found.name}`" in message
            for name, field in found.plugin.Config.model_fields.items():
                # The settings that all generators share are in the generated reference.
                is_shared = kind.name == "generator" and name in SequenceConfig.model_fields
                row = f"| `{name}` | {field.description} |"
                assert is_shared or row in message, (found.name, name)


def test_every_generator_has_its_worked_example_and_its_picture(registry):
    message = " ".join((ROOT / "docs" / "generators.md").read_text().split())
    for found in registry.of_kind("generator"):
        if found.origin.distribution == "seqreason":
            assert " ".join(found.plugin.__doc__.split()) in message, found.name
            assert "Worked example:" in found.plugin.__doc__, found.name
            assert (ROOT / "docs" / "images" / "generators" / f"{found.name}.png").exists()


def test_the_loop_of_one_s_own_trains_on_the_trainer_s_examples(folder, capsys):
    code = (folder / "own_loop.py").read_text()
    assert len(code.partition("for epoch")[2].splitlines()) <= 20
    names = {"__name__": "snippet"}
    exec(compile(code, "own_loop.py", "exec"), names)
    losses = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert losses[-1] < losses[0]
    own = seqreason.dataset("quickstart", "train").examples
    loader = DataLoader(names["train"], batch_size=50, num_workers=2, collate_fn=list)
    items = [item for batch in loader for item in batch]
    assert len(items) == 400
    for index in (0, 7, 399):
        batch = own.batch(own.draw(np.array([index])))
        assert torch.equal(items[index].frames, batch.frames)
        assert torch.equal(items[index].symbols, batch.symbols)
