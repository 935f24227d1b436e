"""Promises about the tree itself: what is public exists, files stay small, records are true."""

import ast
import importlib
import json
import re
import subprocess
from pathlib import Path

import pytest

import seqreason
from seqreason.spec import load_benchmark
from seqreason.spec.digest import digest_of

ROOT = Path(__file__).parent.parent
SOURCES = [
    path for root in ("core", "plugins", "benchmarks") for path in (ROOT / root).rglob("*.py")
]
SITE_AND_EXAMPLES = sorted((ROOT / "docs").rglob("*.py"))
RECORDS = sorted((ROOT / "benchmarks" / "seqreason_benchmarks" / "records").glob("*.json"))


def test_every_public_name_exists_and_is_documented():
    for name in seqreason.__all__:
        value = getattr(seqreason, name)
        assert isinstance(value, str) or value.__doc__, name


def test_a_name_that_is_not_public_is_reported():
    with pytest.raises(AttributeError, match="module 'seqreason' has no attribute 'encoder'"):
        seqreason.encoder  # noqa: B018


def test_every_name_in_an_all_exists():
    for path in SOURCES:
        if path.name == "__init__.py":
            parts = path.relative_to(ROOT).parts[1:-1]
            module = importlib.import_module(".".join(parts))
            for name in getattr(module, "__all__", []):
                assert hasattr(module, name), (module.__name__, name)


def test_files_and_functions_stay_small():
    for path in [*SOURCES, *SITE_AND_EXAMPLES]:
        text = path.read_text()
        assert len(text.splitlines()) <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 70, (path, node.name)


def test_the_core_names_no_built_in_plug_in(registry):
    strings = {
        node.value
        for path in (ROOT / "core").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    built_in = {found.name for found in registry.all() if found.origin.distribution == "seqreason"}
    # A format of files, too.
    assert strings & built_in <= {"csv"}


def test_the_top_level_holds_what_it_may():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    tops = {name.partition("/")[0] for name in listed}
    visible = {name for name in tops if not name.startswith(".")}
    assert visible <= {
        "core", "plugins", "benchmarks", "docs", "tests", "pyproject.toml", "README.md", "LICENSE"
    }  # fmt: skip


def test_the_import_contracts_hold():
    from importlinter.cli import lint_imports_command

    with pytest.raises(SystemExit) as ended:
        lint_imports_command(["--no-cache", "--config", str(ROOT / "pyproject.toml")])
    assert ended.value.code == 0


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_of_the_spec_as_it_is_packaged(path, registry):
    record = json.loads(path.read_text())
    assert record["spec_digest"] == digest_of(record["declared"])
    # Settings that came later have the defaults by which the results were the same.
    packaged = load_benchmark(record["spec"], registry)
    declared = load_benchmark({**record["declared"], "seeds": list(packaged.seeds)}, registry)
    assert declared == packaged
    for plugin, version in record["plugins"].items():
        assert registry.find(*plugin.split()).plugin.version == version, plugin
    assert record["command"].startswith(f"seqreason run {record['spec']}")
    for name, mean in record["mean"].items():
        values = [cell["metrics"][name] for cell in record["cells"]]
        assert mean == pytest.approx(sum(values) / len(values))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_names_no_place_on_a_machine(path):
    assert not re.search(r"[\"=]/\w+/", path.read_text())


def test_the_readme_s_results_are_those_of_the_records():
    readme = (ROOT / "README.md").read_text()
    for path in RECORDS:
        record = json.loads(path.read_text())
        accuracies = [f"{100 * cell['metrics']['test_accuracy']:.2f}" for cell in record["cells"]]
        mean = f"**{100 * record['mean']['test_accuracy']:.2f} %**"
        (row,) = [line for line in readme.splitlines() if line.startswith(f"| `{path.stem}`")]
        assert mean in row
        assert all(accuracy in row for accuracy in accuracies)
