"""Two plug-ins that offer one name stop the runs that use it, and nothing else."""

import pytest

from seqreason.errors import PluginError
from seqreason.registry import load_registry
from seqreason.spec import load_benchmark

ALPHA = {"module": "alpha_parts", "name": "alpha-parts", "entries": "mine = alpha_parts"}
BETA = {"module": "beta_parts", "name": "beta-parts", "entries": "mine = beta_parts"}
CLASH = (
    "encoder 'two-layers' is offered by plug-in mine (alpha-parts 1.0) and by plug-in mine "
    "(beta-parts 1.0); rename it in one of them, or `pip uninstall alpha-parts`, or "
    "`pip uninstall beta-parts`"
)


@pytest.fixture
def clashing(install):
    install(**ALPHA)
    install(**BETA)
    return load_registry()


def test_a_clash_of_two_distributions_is_an_error_when_the_name_is_used(clashing):
    with pytest.raises(PluginError) as error:
        clashing.find("encoder", "two-layers")
    assert str(error.value) == CLASH


def test_a_spec_with_a_name_of_a_clash_gets_the_same_message(clashing, make_data):
    with pytest.raises(PluginError) as error:
        load_benchmark(
            make_data(source={"kind": "strokes"}, encoder={"kind": "two-layers"}), clashing
        )
    assert str(error.value) == CLASH


def test_a_clash_is_the_health_of_both_and_of_no_other(clashing):
    faults = {str(entry.origin): entry.error for entry in clashing.health if entry.error}
    assert faults == {"mine (alpha-parts 1.0)": CLASH, "mine (beta-parts 1.0)": CLASH}


def test_a_clash_leaves_all_other_names(clashing):
    names = [found.name for found in clashing.of_kind("encoder")]
    assert "residual-cnn" in names
    assert "two-layers" not in names


def test_one_entry_point_name_in_two_distributions_is_no_clash(install):
    install(**ALPHA)
    install(("two-layers", "three-layers"), **BETA)
    registry = load_registry()
    origins = [str(registry.find("encoder", f"{n}-layers").origin) for n in ("two", "three")]
    assert origins == ["mine (alpha-parts 1.0)", "mine (beta-parts 1.0)"]


def test_a_clash_within_one_distribution_uninstalls_nothing(install):
    path = install(entries="first = tiny_parts\nsecond = other_parts")
    path.with_name("other_parts.py").write_text(path.read_text())
    with pytest.raises(PluginError) as error:
        load_registry().find("encoder", "two-layers")
    assert str(error.value) == (
        "encoder 'two-layers' is offered by plug-in first (tiny-parts 1.0) and by plug-in second "
        "(tiny-parts 1.0); rename it in one of them"
    )


def test_a_name_of_a_built_in_cannot_be_taken(install):
    install(("two-layers", "residual-cnn"))
    registry = load_registry()
    with pytest.raises(PluginError) as error:
        registry.find("encoder", "residual-cnn")
    version = registry.find("encoder", "mlp").origin.version
    assert str(error.value) == (
        f"encoder 'residual-cnn' is offered by plug-in encoders (seqreason {version}) and by "
        "plug-in mine (tiny-parts 1.0); rename it in one of them, or `pip uninstall tiny-parts`"
    )


def test_a_file_that_clashes_with_an_installed_plug_in_is_an_error_at_once(install, tmp_path):
    file = tmp_path / "other.py"
    file.write_text(install().read_text())
    with pytest.raises(PluginError) as error:
        load_registry([str(file)])
    assert str(error.value) == (
        f"encoder 'two-layers' is offered by plug-in mine (tiny-parts 1.0) and by plug-in {file} "
        "(given with --plugin); rename it in one of them, or `pip uninstall tiny-parts`"
    )


def test_two_files_that_clash_are_an_error_at_once(two_layers, tmp_path):
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    for file in (first, second):
        file.write_text(two_layers.read_text())
    with pytest.raises(PluginError) as error:
        load_registry([str(first), str(second)])
    assert str(error.value) == (
        f"encoder 'two-layers' is offered by plug-in {first} (given with --plugin) and by plug-in "
        f"{second} (given with --plugin); rename it in one of them"
    )


def test_a_file_that_is_given_twice_is_there_once(two_layers, monkeypatch):
    monkeypatch.chdir(two_layers.parent)
    given = [str(two_layers), two_layers.name, f"../{two_layers.parent.name}/{two_layers.name}"]
    registry = load_registry(given)
    assert registry.find("encoder", "two-layers").origin.plugin == str(two_layers)


@pytest.mark.parametrize("by", ["file", "module"])
def test_an_installed_plug_in_that_is_given_too_is_there_once(install, by):
    path = install()
    registry = load_registry([str(path) if by == "file" else "tiny_parts"])
    assert str(registry.find("encoder", "two-layers").origin) == "mine (tiny-parts 1.0)"
