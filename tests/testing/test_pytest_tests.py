"""Three lines make an author's test suite; these tests run it with a pytest of its own."""

import subprocess
import sys

import pytest

from seqreason.errors import PluginError, SpecError
from seqreason.testing import conformance_tests

SUITE = """
from seqreason.testing import conformance_tests

test_conformance = conformance_tests({plugins!r})
"""
PLUGINS = '''
import seqreason
from seqreason.errors import IncompatibleError


class Even(seqreason.Labels):
    """Equal mass on all symbols."""

    name = "even"
    conformance = seqreason.Conformance(expected_failures={declared})

    def __init__(self, config, context):
        self.size = context.alphabet_size

    def targets(self, symbols):
        return symbols.new_full((len(symbols), self.size), 1 / self.size, dtype=float).float()


class Never(seqreason.Encoder):
    """Fits no frame."""

    name = "never"

    def __init__(self, config, context):
        raise IncompatibleError("no frame fits")

    def forward(self, frames):
        raise NotImplementedError


@seqreason.hookimpl
def seqreason_labels():
    return [Even]


@seqreason.hookimpl
def seqreason_encoders():
    return [{encoders}]
'''


@pytest.fixture
def suite(tmp_path):
    """Runs the three lines on the plug-ins of a file, and gives pytest's exit code and output."""

    def run(*, declared="{}", encoders=""):
        plugins = tmp_path / "mine.py"
        text = PLUGINS.replace("{declared}", declared).replace("{encoders}", encoders)
        plugins.write_text(text)
        (tmp_path / "test_mine.py").write_text(SUITE.format(plugins=str(plugins)))
        command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
        ended = subprocess.run(
            [*command, "test_mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stdout

    return run


def test_each_law_is_a_test_of_its_own(suite):
    code, output = suite()
    assert code == 0, output
    assert "PASSED test_mine.py::test_conformance[labels-even-construction]" in output
    assert "PASSED test_mine.py::test_conformance[labels-even-nonempty-check]" in output
    assert "SKIPPED" in output
    assert "it has no settings" in output


def test_an_empty_check_fails_and_so_does_a_wrong_declaration(suite):
    code, output = suite(declared='{"pickle-roundtrip": "no reason"}', encoders="Never")
    assert code == 1
    assert "encoder never: no law could be checked: 0 laws ran, 14 skipped" in output
    assert "FAILED test_mine.py::test_conformance[encoder-never-nonempty-check]" in output
    assert "it is declared as an expected failure (no reason), but holds: remove it there" in output


def test_a_module_without_plug_ins_is_an_error():
    with pytest.raises(PluginError, match="json"):
        conformance_tests("json")


def test_examples_for_an_unknown_plug_in_are_an_error():
    with pytest.raises(SpecError, match="examples for encoder mpl, but seqreason_plugins"):
        conformance_tests("seqreason_plugins.encoders", examples={"encoder mpl": [{}]})
