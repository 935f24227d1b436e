"""Plug-ins come in by files and modules, each registry with its own."""

import textwrap

import pytest

from seqreason import interfaces
from seqreason.errors import UnknownNameError
from seqreason.registry import hookspecs, load_registry
from seqreason.registry.kinds import KINDS, find_kind
from seqreason.registry.provenance import source_digest

GOOD = """
    import seqreason

    class Mine(seqreason.Forcing):
        '''Never forces.'''
        name = "mine"
        def __init__(self, config, context): pass
        def forced_share(self, progress): return 0.0

    @seqreason.hookimpl
    def seqreason_forcings():
        return [Mine]
"""


@pytest.fixture
def write(tmp_path):
    def write(code, name="outside.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(code))
        return str(path)

    return write


def test_a_plug_in_in_a_file_is_found_by_its_name(write):
    path = write(GOOD)
    found = load_registry([path]).find("forcing", "mine")
    assert (found.name, found.origin.plugin) == ("mine", path)


def test_a_plug_in_in_a_module_is_found(write, monkeypatch, tmp_path):
    write(GOOD, "outside_module.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_registry(["outside_module"]).find("forcing", "mine").name == "mine"


def test_each_manager_is_fresh(write):
    load_registry([write(GOOD)])
    with pytest.raises(UnknownNameError):
        load_registry().find("forcing", "mine")


def test_plug_in_files_of_one_name_in_two_folders_are_kept_apart(tmp_path):
    paths = []
    for folder, name in (("left", "mine"), ("right", "yours")):
        path = tmp_path / folder / "plugin.py"
        path.parent.mkdir()
        path.write_text(textwrap.dedent(GOOD).replace('"mine"', f'"{name}"'))
        paths.append(str(path))
    registry = load_registry(paths)
    mine, yours = (registry.find("forcing", name).plugin for name in ("mine", "yours"))
    assert source_digest(mine) != source_digest(yours)


def test_a_plug_in_file_that_is_moved_is_the_same_plug_in(write, tmp_path):
    before = source_digest(load_registry([write(GOOD, "a.py")]).find("forcing", "mine").plugin)
    after = source_digest(load_registry([write(GOOD, "b.py")]).find("forcing", "mine").plugin)
    assert before == after


def test_a_broken_package_does_not_stop_runs_that_do_not_name_it(install):
    install(("from torch", "from torhc"))
    assert load_registry().find("forcing", "teacher").name == "teacher"


def test_a_broken_package_is_an_error_when_a_name_is_missing(install):
    path = install(("from torch", "from torhc"))
    registry = load_registry()
    with pytest.raises(UnknownNameError) as error:
        registry.find("encoder", "two-layers")
    known = ", ".join(found.name for found in registry.of_kind("encoder"))
    assert str(error.value) == (
        f"unknown encoder 'two-layers': choose from {known}\n"
        "These plug-ins cannot be used and may be the ones that offer it:\n"
        "plug-in mine (tiny-parts 1.0) cannot be imported: ModuleNotFoundError: No module named "
        f"'torhc' ({path}, line 3); install the package that provides torhc, or correct the import"
    )


def test_every_kind_has_its_hook_and_every_hook_its_kind():
    hooks = {name for name in vars(hookspecs) if name.startswith("seqreason_")}
    assert hooks == {kind.hook for kind in KINDS}
    assert len(KINDS) == len(hooks)


def test_every_interface_and_every_hook_is_documented():
    for kind in KINDS:
        assert kind.interface.__doc__
        assert getattr(hookspecs, kind.hook).__doc__
        assert kind.interface.__name__ in interfaces.__all__


def test_every_kind_of_plug_in_is_built_in(registry):
    assert all(registry.of_kind(kind.name) for kind in KINDS)


def test_a_kind_is_found_in_the_plural_and_a_misspelt_one_is_an_error():
    assert find_kind("encoders").name == "encoder"
    with pytest.raises(UnknownNameError, match="did you mean 'encoder'"):
        find_kind("encodr")


def test_the_source_digest_follows_the_plug_in_s_own_modules_only(registry):
    easy, normal = (registry.find("generator", name).plugin for name in ("easy", "normal"))
    assert source_digest(easy) != source_digest(normal)
    assert source_digest(easy) == source_digest(easy)


def test_the_source_digest_sees_what_a_plug_in_imports_from_its_package(tmp_path, monkeypatch):
    package = tmp_path / "outside_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "basis.py").write_text("SHARE = 0.0\n")
    code = textwrap.dedent(GOOD).replace(
        "import seqreason", "import seqreason\nfrom . import basis"
    )
    (package / "policy.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = load_registry(["outside_package.policy"]).find("forcing", "mine").plugin
    before = source_digest.__wrapped__(plugin)
    (package / "basis.py").write_text("SHARE = 0.1\n")
    assert source_digest.__wrapped__(plugin) != before
