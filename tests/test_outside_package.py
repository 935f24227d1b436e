"""The example package, built and installed as an outsider would, works without our sources."""

import json
import shutil
from pathlib import Path

import pytest

from seqreason.registry import load_registry
from seqreason.spec import load_benchmark

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "seqreason-patches"
FEW = ("training.examples=200", "training.epochs=1", "evaluation.examples=50", "resources.cpus=1")
QUICK = [word for change in FEW for word in ("--set", change)]


@pytest.fixture
def outside(fresh_environment, tmp_path):
    """Runs a program of the fresh environment in a folder with the example's spec and tests."""
    shutil.copy(EXAMPLE / "zigzag.yaml", tmp_path)
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")

    def run(program, *arguments):
        result = fresh_environment.run(program, *arguments, cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    return run


def test_the_example_s_spec_names_what_the_example_offers():
    registry = load_registry([str(EXAMPLE / "seqreason_patches.py")])
    spec = load_benchmark(str(EXAMPLE / "zigzag.yaml"), registry)
    assert (spec.encoder.kind, spec.generator.kind) == ("patches", "zigzag")


@pytest.mark.slow
@pytest.mark.parametrize(
    "package", ["seqreason", "seqreason_plugins", "seqreason_benchmarks", "seqreason_patches"]
)
def test_every_package_is_that_of_a_built_wheel(outside, fresh_environment, package):
    place = outside("python", "-c", f"import {package}; print({package}.__file__)")
    assert Path(place.strip()).is_relative_to(fresh_environment.folder)


@pytest.mark.slow
def test_the_package_is_found_by_its_entry_point_and_is_healthy(outside):
    rows = json.loads(outside("seqreason", "plugins", "--strict", "--json"))["plugins"]
    (row,) = [row for row in rows if row["distribution"] == "seqreason-patches"]
    assert row.pop("load_seconds") >= 0
    assert row == {
        "plugin": "patches",
        "distribution": "seqreason-patches",
        "version": "0.1.0",
        "offers": ["generator zigzag", "encoder patches"],
        "error": None,
    }


@pytest.mark.slow
def test_its_encoder_is_listed_beside_the_built_in_ones(outside):
    rows = json.loads(outside("seqreason", "list", "encoder", "--json"))["plugins"]
    brought = {row["name"]: row["distribution"] for row in rows}
    assert brought["patches"] == "seqreason-patches 0.1.0"
    assert brought["residual-cnn"].startswith("seqreason ")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["patches", "zigzag"])
def test_it_passes_the_conformance_kit(outside, name):
    (message,) = json.loads(outside("seqreason", "check", name, "--json"))["checks"]
    assert {"ran", "skipped", "expected_failures", "failed"} <= set(message)
    assert message["ran"]
    assert not message["failed"]


@pytest.mark.slow
def test_its_own_tests_pass(outside):
    result = outside("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert " passed" in result


@pytest.mark.slow
def test_its_spec_is_run_and_the_result_is_kept(outside):
    (cell,) = json.loads(outside("seqreason", "run", "zigzag.yaml", *QUICK, "--json"))["cells"]
    assert cell["status"] == "finished"
    assert cell["metrics"]["ceiling_accuracy"] is not None
    kept = json.loads(outside("seqreason", "results", "--json"))
    assert cell["digest"] in json.dumps(kept)
