"""Three lines make an author's test suite: run by a pytest of its own."""

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
    """All symbols alike."""

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
    """Runs the three lines over plug-ins of a file, and gives pytest's own words."""

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
    code, message = suite()
    assert code == 0, message
    assert "PASSED test_mine.py::test_conformance[labels-even-is-made-or-refuses]" in message
    assert "PASSED test_mine.py::test_conformance[labels-even-something-was-checked]" in message
    assert "SKIPPED" in message
    assert "it has no settings" in message


def test_a_plug_in_of_which_nothing_could_be_checked_fails_and_so_does_a_wrong_declaration(suite):
    code, message = suite(declared='{"pickle-roundtrip": "no reason"}', encoders="Never")
    assert code == 1
    assert "encoder never: nothing was checked: 0 laws ran, 14 skipped" in message
    assert "FAILED test_mine.py::test_conformance[encoder-never-something-was-checked]" in message
    assert "it is declared as an expected failure (no reason), but holds: take it out" in message


def test_a_module_without_plug_ins_is_reported():
    with pytest.raises(PluginError, match="json"):
        conformance_tests("json")


def test_examples_for_a_plug_in_that_is_not_there_are_reported():
    with pytest.raises(SpecError, match="examples for encoder mpl, but seqreason_plugins"):
        conformance_tests("seqreason_plugins.encoders", examples={"encoder mpl": [{}]})
