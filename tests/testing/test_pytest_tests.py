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


SUITES = {
    "right": {"{declared}": "{}", "{encoders}": ""},
    "wrong": {"{declared}": '{"pickle-roundtrip": "no reason"}', "{encoders}": "Never"},
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """What pytest says of the three lines over the plug-ins of each of two files."""
    folder = tmp_path_factory.mktemp("suites")
    for name, words in SUITES.items():
        text = PLUGINS
        for word, said in words.items():
            text = text.replace(word, said)
        (folder / f"{name}.py").write_text(text)
        suite = SUITE.format(plugins=str(folder / f"{name}.py"))
        (folder / f"test_{name}.py").write_text(suite)
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    return ended.stdout


def test_each_law_is_a_test_of_its_own(reported):
    assert "PASSED test_right.py::test_conformance[labels-even-construction]" in reported
    assert "PASSED test_right.py::test_conformance[labels-even-nonempty-check]" in reported
    assert "FAILED test_right.py" not in reported
    assert "ERROR" not in reported
    assert "SKIPPED" in reported
    assert "it has no settings" in reported


def test_an_empty_check_fails_and_so_does_a_wrong_declaration(reported):
    assert "encoder never: no law could be checked: 0 laws ran, 14 skipped" in reported
    assert "FAILED test_wrong.py::test_conformance[encoder-never-nonempty-check]" in reported
    assert (
        "it is declared as an expected failure (no reason), but holds: remove it there" in reported
    )


def test_a_module_without_plug_ins_is_an_error():
    with pytest.raises(PluginError, match="json"):
        conformance_tests("json")


def test_examples_for_an_unknown_plug_in_are_an_error():
    with pytest.raises(SpecError, match="examples for encoder mpl, but seqreason_plugins"):
        conformance_tests("seqreason_plugins.encoders", examples={"encoder mpl": [{}]})
