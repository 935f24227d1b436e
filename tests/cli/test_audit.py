"""`seqreason audit` as scripts and people use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seqreason.cli import app, main

PLUGINS = [str(Path(__file__).parent.parent / f"{name}_plugins.py") for name in ("tiny", "broken")]


@pytest.fixture
def audit_tiny(spec_file, monkeypatch):
    """Runs the command on the tiny benchmark, with the plug-ins of the tests."""
    monkeypatch.setenv("COLUMNS", "100")

    def audit_tiny(*arguments):
        plugins = [word for plugin in PLUGINS for word in ("--plugin", plugin)]
        return CliRunner().invoke(app, ["audit", str(spec_file), *plugins, *arguments])

    return audit_tiny


def test_a_clean_spec_ends_with_0_and_counts_the_checks(audit_tiny):
    result = audit_tiny()
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].strip() == "Audit of tiny, seed 0"
    assert result.stdout.splitlines()[-1] == "18 checks ran, 0 skipped, 0 violations"


def test_a_violation_ends_with_1_and_has_a_row(audit_tiny):
    result = audit_tiny("--set", "generator.kind=ignores-stream")
    assert result.exit_code == 1
    (row,) = [line for line in result.stdout.splitlines() if "streams-differ" in line]
    assert row.split()[:3] == ["streams-differ", "1", "violated"]
    assert result.stdout.splitlines()[-1] == "18 checks ran, 0 skipped, 1 violation"


def test_json_is_one_document_with_a_finding_for_each_check(audit_tiny):
    result = audit_tiny("--json", "--seed", "5")
    document = json.loads(result.stdout)
    findings = document.pop("findings")
    assert document == {
        "benchmark": "tiny", "seed": 5, "clean": True, "ran": 18, "skipped": 0, "violations": 0
    }  # fmt: skip
    assert [list(finding) for finding in findings] == [
        ["check", "law", "verdict", "message", "details"]
    ] * 18
    verdicts = {finding["check"]: finding["verdict"] for finding in findings}
    assert verdicts == {
        "glyphs-by-identity": "passed",
        "glyphs-by-content": "passed",
        "copies-removed": "passed",
        "near-copies": "passed",
        "one-image-one-label": "passed",
        "source-repeats": "passed",
        "symbols": "passed",
        "same-in-any-batch": "passed",
        "same-by-any-worker": "passed",
        "streams-differ": "passed",
        "drawn-as-declared": "passed",
        "ceiling": "passed",
        "balance": "passed",
        "shortcuts": "passed",
        "appearance": "passed",
        "leak-by-forcing": "noted",
        "leak-by-frames": "noted",
        "sequences-apart": "passed",
    }


def test_json_of_a_violation_ends_with_1_and_is_still_one_document(audit_tiny):
    result = audit_tiny("--json", "--set", "source.kind=all-copies")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["clean"], document["violations"]) == (False, 1)
    assert document["findings"][0]["check"] == "glyphs-by-content"


def test_a_spec_that_is_not_there_ends_with_2_and_one_message(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["seqreason", "audit", "quickstrat"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "did you mean 'quickstart'" in printed.err


def test_help_teaches_by_examples():
    result = CliRunner().invoke(app, ["audit", "--help"])
    assert result.exit_code == 0
    assert "seqreason audit quickstart" in result.stdout
