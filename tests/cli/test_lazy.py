"""Imports that wait until the first call of a decorated function."""

import importlib
import sys

import pytest

COMMAND = '''
from seqreason.cli.lazy import lazy_imports, when_run

with lazy_imports():
    from waiting import late as renamed, package

@when_run
def command(value):
    """What it does."""
    return renamed(value), package
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module with lazy imports."""
    (tmp_path / "waiting").mkdir()
    (tmp_path / "waiting" / "__init__.py").write_text("late = str")
    (tmp_path / "waiting" / "package.py").write_text("")
    (tmp_path / "lazy_command.py").write_text(COMMAND)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield importlib.import_module("lazy_command")
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_nothing_is_imported_before_the_call(module):
    assert "waiting" not in sys.modules
    assert module.renamed is not str


def test_a_call_imports_names_and_modules_and_takes_its_arguments(module):
    assert module.command(3) == ("3", sys.modules["waiting.package"])
    assert module.renamed is str
    assert module.command(4)[0] == "4"


def test_a_decorated_function_keeps_its_name_and_docstring(module):
    assert (module.command.__name__, module.command.__doc__) == ("command", "What it does.")


def test_imports_after_the_block_are_ordinary(module):
    import waiting

    assert waiting.late is str


def test_an_import_without_from_is_refused(module):
    with pytest.raises(AssertionError, match="write `from waiting import"):
        exec(COMMAND.replace("from waiting import late as renamed, package", "import waiting"), {})
