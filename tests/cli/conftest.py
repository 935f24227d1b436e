"""The command line, run as a user runs it."""

from typing import NamedTuple

import pytest

from seqreason.cli import main
from seqreason.runs.execution.run_context import run_context_of


class Completed(NamedTuple):
    """The outcome of a command, with the names of `subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def seqreason(monkeypatch, capfd, tmp_path):
    """Runs a command in this process, in an empty folder."""
    run_context_of.cache_clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def seqreason(*words):
        monkeypatch.setattr("sys.argv", ["seqreason", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capfd.readouterr()
        return Completed(ended.value.code or 0, written.out, written.err)

    yield seqreason
    run_context_of.cache_clear()
