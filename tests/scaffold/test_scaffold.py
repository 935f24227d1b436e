"""What `seqreason new` writes works unchanged, is short, and overwrites nothing."""

import ast
import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.errors import SpecError, StoreError
from seqreason.registry import load_registry
from seqreason.registry.kinds import KINDS
from seqreason.scaffold import SPEC_KINDS, new_plugin, new_spec
from seqreason.spec import load_plan
from seqreason.testing.laws import ALL_LAWS

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "core" / "seqreason" / "scaffold" / "templates"
ALL_KINDS = [kind.name for kind in KINDS]
OUTSIDE_SPECS = {"executor", "tracker"}
QUICK = [
    "training.examples=60",
    "training.epochs=1",
    "evaluation.examples=20",
    "evaluation.valid_examples=10",
    "evaluation.train_examples=10",
]


@pytest.fixture(scope="module")
def installed():
    """The plug-ins of this environment."""
    return load_registry()


@pytest.fixture(scope="module")
def packages(tmp_path_factory, installed):
    """A new package of every kind, by the kind."""
    out = tmp_path_factory.mktemp("packages")
    for kind in ALL_KINDS:
        new_plugin(kind, f"new-{kind}", out=out, force=False, registry=installed)
    return {kind: out / f"new-{kind}" for kind in ALL_KINDS}


def module_of(package):
    return package / f"{package.name.replace('-', '_')}.py"


def run(*arguments):
    """The command in this process; its own errors are raised unchanged."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_new_plug_in_is_trained_with_by_the_spec_beside_it(kind, packages, tmp_path):
    package = packages[kind]
    given = {"executor": "new-executor"} if kind == "executor" else {}
    if kind == "tracker":
        given = {"trackers": ["new-tracker"]}
    results = seqreason.run(
        package / f"{package.name}.yaml",
        overrides=QUICK,
        plugins=[str(module_of(package))],
        runs=tmp_path,
        **given,
    )
    assert [cell["status"] for cell in results.rows()] == ["finished"]
    if kind == "tracker":
        (lines,) = tmp_path.rglob("measured.jsonl")
        assert {"step", "valid_accuracy"} <= set(json.loads(lines.read_text().splitlines()[-1]))


@pytest.mark.parametrize("kind", sorted(set(ALL_KINDS) - OUTSIDE_SPECS))
def test_a_new_plug_in_is_compared_with_a_built_in_one_of_its_kind(kind, packages):
    package = packages[kind]
    registry = load_registry([str(module_of(package))])
    plan = load_plan(package / f"{package.name}-vs-baseline.yaml", registry)
    new, built_in = (set(yaml_kinds(arm.data)) for arm in plan.arms)
    assert plan.arms[0].name == package.name
    assert new - built_in == {package.name}
    assert plan.question.contrasts[0].arm == package.name


def yaml_kinds(data):
    """Every plug-in that a spec names."""
    for key, value in data.items():
        if key == "kind":
            yield value
        elif isinstance(value, dict):
            yield from yaml_kinds(value)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_new_module_is_at_most_thirty_lines(kind, packages):
    assert len(module_of(packages[kind]).read_text().splitlines()) <= 30


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_new_package_names_its_module_as_an_entry_point_and_tests_it(kind, packages):
    package = packages[kind]
    module = module_of(package).stem
    project = tomllib.loads((package / "pyproject.toml").read_text())
    assert project["project"]["entry-points"]["seqreason"] == {package.name: module}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"] == [f"{module}.py"]
    (test,) = (package / "tests").iterdir()
    assert test.name == f"test_{module}.py"
    import_line, assignment = ast.parse(test.read_text()).body
    assert ast.unparse(import_line) == "from seqreason.testing import conformance_tests"
    assert ast.unparse(assignment) == f"test_conformance = conformance_tests('{module}')"


def test_new_packages_are_clean_and_formatted(packages):
    (out,) = {package.parent for package in packages.values()}
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--select", "E,F,I,W,UP,B"], ["format", "--check"]):
        result = subprocess.run(
            [*ruff, *command, "--isolated", "--no-cache", str(out)], capture_output=True, text=True
        )
        assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_schema_beside_new_specs_knows_the_new_plug_in(kind, packages):
    package = packages[kind]
    for spec in package.glob("*.yaml"):
        line, _, text = spec.read_text().partition("\n")
        schema = package / line.removeprefix("# yaml-language-server: $schema=")
        validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
        assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("kind", SPEC_KINDS)
def test_a_new_spec_is_valid_unchanged(kind, tmp_path, installed):
    written = new_spec(kind, "mine.yaml", out=tmp_path, force=False, registry=installed)
    spec, schema = written.files
    plan = load_plan(spec, installed)
    assert (plan.kind, plan.name) == ("benchmark" if kind == "spec" else kind, "mine")
    assert spec.read_text().startswith("# yaml-language-server: $schema=.seqreason/schema.json\n")
    assert schema == tmp_path / ".seqreason" / "schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    assert validator.is_valid(yaml.safe_load(spec.read_text()))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Two-Layers", "'Two-Layers' cannot be the name of a plug-in: use lower-case words"),
        ("two_layers", "'two_layers' cannot be the name of a plug-in"),
        ("2-layers", "'2-layers' cannot be the name of a plug-in"),
        ("../away", "'../away' cannot be the name of a plug-in"),
        ("", "'' cannot be the name of a plug-in"),
        ("a" * 41, "at most 40 characters"),
        ("lambda", "'lambda' cannot be the name of a plug-in: it is a Python keyword"),
        ("match", "'match' cannot be the name of a plug-in: it is a Python keyword"),
        ("conftest", "conftest.py has a special meaning to Python tools"),
        ("residual-cnn", "encoder 'residual-cnn' exists already, in encoders (seqreason"),
        ("json", "the Python module 'json' exists already"),
        ("numpy", "the Python module 'numpy' exists already"),
    ],
)
def test_a_plug_in_s_name_that_cannot_be_used_is_an_error(name, message, tmp_path, installed):
    with pytest.raises(SpecError) as error:
        new_plugin("encoder", name, out=tmp_path, force=True, registry=installed)
    assert message in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_plug_in_may_have_the_name_of_one_of_another_kind(tmp_path, installed):
    new_plugin("tracker", "residual-cnn", out=tmp_path, force=False, registry=installed)
    assert (
        "class ResidualCnnTracker(" in (tmp_path / "residual-cnn" / "residual_cnn.py").read_text()
    )


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("mine", "mine: expected the name of a YAML file, such as mine.yaml"),
        ("Mine.yaml", "Mine.yaml: a spec is named after its file: use small letters"),
    ],
)
def test_a_spec_s_name_that_cannot_be_used_is_an_error(file, message, tmp_path, installed):
    with pytest.raises(SpecError, match=message):
        new_spec("suite", file, out=tmp_path, force=True, registry=installed)


def test_nothing_is_overwritten_without_force(tmp_path, installed):
    own = tmp_path / "mine" / "README.md"
    own.parent.mkdir()
    own.write_text("my own words")
    with pytest.raises(SpecError, match=r"README.md: exists already; add --force to overwrite"):
        new_plugin("labels", "mine", out=tmp_path, force=False, registry=installed)
    assert [path.name for path in own.parent.iterdir()] == ["README.md"]
    assert own.read_text() == "my own words"
    new_plugin("labels", "mine", out=tmp_path, force=True, registry=installed)
    assert own.read_text().startswith("# mine")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, installed):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/mine.yaml: cannot be written: File exists"):
        new_spec("spec", "mine.yaml", out=tmp_path / "file", force=False, registry=installed)


def test_the_command_ends_with_what_to_type_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = run("new", "encoders", "two-layers").stdout
    commands = [
        line.partition("#")[0].strip() for line in output.partition("Next:\n")[2].splitlines()
    ]
    assert commands == [
        "pip install -e 'two-layers[test]'",
        "pytest two-layers",
        "seqreason run two-layers/two-layers.yaml",
        "seqreason run two-layers/two-layers-vs-baseline.yaml",
    ]


def test_json_lists_files_and_what_to_type_next(tmp_path):
    document = json.loads(run("new", "suite", "mine.yaml", "--out", tmp_path, "--json").stdout)
    assert document == {
        "kind": "suite",
        "name": "mine.yaml",
        "files": [str(tmp_path / "mine.yaml"), str(tmp_path / ".seqreason" / "schema.json")],
        "next": [
            f"seqreason run {tmp_path / 'mine.yaml'} --dry-run",
            f"seqreason run {tmp_path / 'mine.yaml'}",
        ],
    }


def test_an_unknown_kind_names_the_nearest():
    with pytest.raises(SpecError, match="unknown kind of plug-in or spec 'encodr': did you mean"):
        run("new", "encodr", "mine")


def test_templates_have_a_plug_in_for_every_kind():
    names = [path.name.partition(".")[0] for path in (TEMPLATES / "plugins").iterdir()]
    assert sorted(names) == sorted(ALL_KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [laws.kind for laws in ALL_LAWS])
def test_a_new_plug_in_keeps_the_laws_of_its_kind(kind, packages):
    result = run("check", "--plugin", module_of(packages[kind]))
    assert result.exit_code == 0, result.stdout


@pytest.mark.slow
def test_the_wheel_holds_every_template(fresh_environment):
    (wheel,) = fresh_environment.wheels.glob("seqreason-*.whl")
    templates = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    assert {str(path.relative_to(ROOT / "core")) for path in templates} <= set(
        zipfile.ZipFile(wheel).namelist()
    )
