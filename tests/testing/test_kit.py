"""The kit itself: its counts, refusals, declarations and reproductions."""

import json

import pytest
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.cli.plugins.check_output import print_conformities
from seqreason.errors import IncompatibleError, SpecError, UnknownNameError
from seqreason.registry import Registration, load_registry
from seqreason.registry.manager import Origin
from seqreason.testing import (
    ALL_LAWS,
    Conformity,
    Effort,
    Examination,
    Outcome,
    Subject,
    Verdict,
    check_plugin,
    laws_of,
    read_reproduction,
    reproduction_text,
)

QUICK = Effort(cases=3)
PLUGIN = '''
import torch
from pydantic import Field
from torch import nn

import seqreason


class Mine(seqreason.Encoder):
    """A linear layer."""

    name = "mine"
    conformance = seqreason.Conformance({declared})

    class Config(seqreason.PluginConfig):
        features: int = Field(3, ge=1, description="length of a frame's feature vector")

    def __init__(self, config, context):
        {before}
        super().__init__()
        self.features = config.features
        self.linear = nn.Linear(context.height * context.width, config.features)

    def forward(self, frames):
        features = self.linear(frames.flatten(start_dim=1))
        return features {after}


@seqreason.hookimpl
def seqreason_encoders():
    return [Mine]
'''
COMPARES = "- self.linear(frames.flatten(start_dim=1)).mean(dim=0)"


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch):
    """Lines that are long enough for a path and a message."""
    monkeypatch.setenv("COLUMNS", "250")


@pytest.fixture
def write(tmp_path):
    def write(declared="", before="", after=""):
        path = tmp_path / "mine.py"
        path.write_text(PLUGIN.format(declared=declared, before=before, after=after))
        return str(path)

    return write


def subject_of(path, **given):
    return Subject.of(load_registry([path]).find("encoder", "mine"), **given)


def invoke(*words):
    return CliRunner().invoke(app, ["check", *words])


def error_of(*words):
    with pytest.raises(SpecError) as raised:
        CliRunner().invoke(app, ["check", *words], catch_exceptions=False)
    return str(raised.value)


def test_every_law_is_counted(write):
    conformity = check_plugin(subject_of(write()), effort=QUICK)
    assert conformity.summary() == "14 laws ran, 0 skipped, none expected to fail"
    assert len(laws_of("encoder").laws) == 14


def test_a_plug_in_that_can_never_be_made_is_not_green(write):
    refusing = 'from seqreason.errors import IncompatibleError; raise IncompatibleError("no")'
    conformity = check_plugin(subject_of(write(before=refusing)), effort=QUICK)
    assert conformity.num_ran == 0
    assert not conformity.broken
    assert not conformity.is_green
    assert conformity.outcomes[0].message == "no"
    assert conformity.outcomes[1].message == ("it needs the law construction, which does not hold")


def test_broken_laws_are_counted_and_those_that_need_them_share_a_row(write):
    squeezed = write(after=".sum(dim=1)")
    conformity = check_plugin(subject_of(squeezed), effort=QUICK)
    assert conformity.summary() == "2 laws ran, 1 broken, 12 skipped, none expected to fail"
    lines = invoke("--plugin", squeezed).output.splitlines()
    (row,) = [line for line in lines if "skipped │" in line]
    assert "frame-independence and 11 more" in row


def test_each_broken_law_has_a_row_of_its_own(write, capsys):
    outcomes = [Outcome(law, "It holds.", Verdict.BROKEN, "no") for law in ("one", "two")]
    conformity = Conformity(subject_of(write()).registration, tuple(outcomes))
    print_conformities([conformity], {}, [])
    rows = [line for line in capsys.readouterr().out.splitlines() if "broken  " in line]
    assert [row.split()[1] for row in rows] == ["one", "two"]


def test_the_command_refuses_to_be_green_where_nothing_was_checked(write):
    refusing = 'from seqreason.errors import IncompatibleError; raise IncompatibleError("no")'
    result = invoke("--plugin", write(before=refusing))
    assert result.exit_code == 1
    assert "encoder mine: no law could be tried, so this plug-in is unchecked" in result.output


def test_an_expected_failure_is_counted_and_not_a_failure(write):
    declared = 'expected_failures={"frame-independence": "it compares frames"}'
    conformity = check_plugin(subject_of(write(declared, after=COMPARES)), effort=QUICK)
    assert conformity.is_green
    assert conformity.summary() == "14 laws ran, 0 skipped, 1 expected to fail"
    (expected,) = [o for o in conformity.outcomes if o.verdict == Verdict.EXPECTED_FAILURE]
    assert expected.message == "it compares frames"


def test_an_expected_failure_that_holds_is_a_failure(write):
    declared = 'expected_failures={"frame-independence": "it compares frames"}'
    (broken,) = check_plugin(subject_of(write(declared)), effort=QUICK).broken
    assert broken.law == "frame-independence"
    assert broken.message == (
        "it is declared as an expected failure (it compares frames), but holds: remove it there"
    )


def test_an_expected_failure_of_an_unknown_law_is_a_failure(write):
    declared = 'expected_failures={"frames-independence": "it compares frames"}'
    (broken,) = check_plugin(subject_of(write(declared)), effort=QUICK).broken
    assert broken.law == "frames-independence"
    assert broken.message.startswith(
        "expected_failures names a law that does not exist: did you mean 'frame-independence'?"
    )


def test_a_counter_example_is_small_and_breaks_the_law_again(write, tmp_path):
    path = write(after=COMPARES)
    subject = subject_of(path)
    outcome = Examination(subject, QUICK).outcome("frame-independence")
    assert outcome.case == {
        "settings": {}, "seed": 0, "height": 8, "width": 8, "num_frames": 0
    }  # fmt: skip
    text = reproduction_text(subject.registration, outcome)
    assert text == (
        "law: frame-independence\n"
        "encoder: {kind: mine}\n"
        "case: {seed: 0, height: 8, width: 8, num_frames: 0}\n"
    )
    file = tmp_path / "case.yaml"
    file.write_text(text)
    again = read_reproduction(file, load_registry([path])).outcome()
    assert (again.verdict, again.message) == (Verdict.BROKEN, outcome.message)
    result = invoke("--plugin", path, "--case", str(file))
    assert result.exit_code == 1
    assert result.output.startswith("encoder mine: frame-independence: features of a frame alone")


def test_the_command_prints_the_counter_example(write):
    path = write(after=COMPARES)
    result = invoke("--plugin", path, "--cases", "3")
    assert result.exit_code == 1
    assert "encoder mine breaks frame-independence" in result.output
    assert f"`seqreason check --plugin {path} --case case.yaml`" in result.output
    assert "law: frame-independence\nencoder: {kind: mine}\ncase: {seed: 0" in result.output


def test_the_command_s_document_counts(write):
    result = invoke("--plugin", write(), "--cases", "2", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    (row,) = document["checks"]
    counts = {"ran": 14, "skipped": 0, "expected_failures": 0, "failed": 0}
    assert {key: document[key] for key in counts} == counts
    assert {key: row[key] for key in counts} == counts
    assert (row["kind"], row["name"], row["green"]) == ("encoder", "mine", True)
    assert row["laws"][0]["verdict"] == "kept"


def test_a_kind_before_the_name_narrows_the_choice(write):
    result = invoke("encoder", "mine", "--plugin", write(), "--cases", "1", "--json")
    assert [row["name"] for row in json.loads(result.stdout)["checks"]] == ["mine"]


def test_settings_to_check_with_are_given(write):
    result = invoke("--plugin", write(after="* 0 / 0"), "--set", "features=7", "--cases", "1")
    assert "encoder: {kind: mine, features: 7}" in result.output


def test_nothing_to_check_is_a_usage_error(tmp_path):
    assert error_of() == "nothing to check: give NAME…, a kind, --plugin FILE, or --all"


def test_a_misspelt_name_gets_the_nearest_one(write):
    with pytest.raises(UnknownNameError, match="unknown encoder 'mime': did you mean 'mine'"):
        CliRunner().invoke(
            app, ["check", "encoder", "mime", "--plugin", write()], catch_exceptions=False
        )


def test_settings_that_are_not_valid_are_an_error(write):
    message = error_of("--plugin", write(), "--set", "features=0")
    assert message.startswith(
        "encoder mine cannot be checked with the settings {'features': 0}: features: expected 1 "
        "or more, got 0;"
    )


def test_a_plug_in_that_declares_no_example_is_an_error(write):
    assert error_of("--plugin", write("examples=()")) == (
        "encoder mine declares no example to check: write `examples=({},)` for its defaults"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("law: [", "not valid YAML"),
        ("law: sees", "expected a law, one plug-in and a case"),
        ("law: sees\nencoder: {kind: mine}", "unknown law of the kind encoder 'sees'"),
        ("law: output-finiteness\nencoder: 3", "encoder: expected a mapping, got 3"),
        (
            "law: output-finiteness\nencoder: {kind: mine}\ncase: {hight: 3}",
            "case: hight: no such setting",
        ),
        ("law: output-finiteness\nencoder: {kind: your}", "unknown encoder 'your'"),
    ],
)
def test_a_file_without_a_case_is_an_error(write, tmp_path, text, message):
    file = tmp_path / "case.yaml"
    file.write_text(text)
    assert message in error_of("--plugin", write(), "--case", str(file))


def test_a_plug_in_that_breaks_a_law_by_chance_is_caught(write):
    by_chance = "+ (torch.rand(()) if torch.seed() % 2 else 0)"
    conformity = check_plugin(subject_of(write(after=by_chance)), effort=Effort(cases=20))
    assert "evaluation-determinism" in [outcome.law for outcome in conformity.broken]


def test_a_law_that_was_never_tried_does_not_count_as_kept():
    class Refuses(seqreason.Encoder):
        name = "refuses"

        def __init__(self, config, context):
            raise IncompatibleError("never")

        def forward(self, frames):
            raise NotImplementedError

    registration = Registration("encoder", Refuses, Origin("mine", "tests", "1"))
    outcome = Examination(Subject.of(registration), QUICK).outcome("construction")
    assert isinstance(outcome, Outcome)
    assert (outcome.verdict, outcome.num_cases, outcome.message) == (Verdict.SKIPPED, 0, "never")


@pytest.mark.parametrize("laws", ALL_LAWS, ids=lambda laws: laws.kind)
def test_the_laws_of_a_kind_have_names_of_their_own(laws):
    names = [law.name for law in laws.laws]
    assert len(set(names)) == len(names)


def test_the_laws_are_listed():
    result = invoke("--laws", "encoder", "--json")
    rows = json.loads(result.stdout)["laws"]
    assert [row["law"] for row in rows] == [law.name for law in laws_of("encoder").laws]
    assert all(row["statement"].endswith(".") for row in rows)
