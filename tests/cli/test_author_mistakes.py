"""The command line reports an author's mistake: one message, the exit code, no traceback."""

import json

import pytest

from seqreason.registry.kinds import KINDS

MISSPELT = ("seqreason_encoders", "seqreason_encoder")
FAULT = (
    "plug-in mine (tiny-parts 1.0): there is no hook seqreason_encoder; call it seqreason_encoders"
)
OTHER = {"module": "other_parts", "name": "other-parts", "entries": "mine = other_parts"}
CLASH = (
    "encoder 'two-layers' is offered by plug-in mine (other-parts 1.0) and by plug-in mine "
    "(tiny-parts 1.0); rename it in one of them, or `pip uninstall other-parts`, or "
    "`pip uninstall tiny-parts`"
)


def healths(message):
    """The distribution and health of each row of the table."""
    words = [line.split() for line in message.splitlines()]
    return [(row[0], row[-1]) for row in words if row and row[-1] in ("ok", "error")]


def test_plugins_shows_every_plug_in_and_the_message_beneath(seqreason, install):
    install(MISSPELT)
    code, message, _ = seqreason("plugins")
    assert code == 0
    assert message.splitlines()[-1] == FAULT
    assert [row for row in healths(message) if row[0] != "seqreason"] == [("tiny-parts", "error")]
    assert healths(message).count(("seqreason", "ok")) == len(KINDS)


def test_plugins_json_holds_the_message(seqreason, install):
    install(MISSPELT)
    rows = json.loads(seqreason("plugins", "--json")[1])["plugins"]
    assert [row["error"] for row in rows if row["error"]] == [FAULT]


@pytest.mark.parametrize(("changes", "code"), [([], 0), ([MISSPELT], 1)])
def test_plugins_strict_exits_by_the_health(seqreason, install, changes, code):
    install(*changes)
    assert seqreason("plugins", "--strict")[0] == code


def test_list_notes_what_is_not_in_it(seqreason, install):
    install(MISSPELT)
    code, message, noted = seqreason("list", "encoder")
    assert (code, "two-layers" in message) == (0, False)
    assert (
        noted == "Some plug-ins of mine (tiny-parts 1.0) cannot be used. See `seqreason plugins`.\n"
    )


def test_a_run_that_names_a_broken_plug_in_s_part_is_reported_why(seqreason, install):
    install(MISSPELT)
    code, message, said = seqreason("run", "quickstart", "--set", "encoder.kind=two-layers")
    assert (code, message) == (2, "")
    assert said.startswith("seqreason: quickstart: encoder: unknown encoder 'two-layers': known ")
    assert said.endswith(
        f"\nThese plug-ins cannot be used and may be the ones that offer it:\n{FAULT}\n"
    )


@pytest.mark.parametrize("words", [("run", "quickstart"), ("list",), ("plugins",)])
def test_a_broken_file_that_is_given_ends_every_command(seqreason, tmp_path, two_layers, words):
    (tmp_path / "mine.py").write_text(two_layers.read_text().replace(*MISSPELT))
    fault = FAULT.replace("mine (tiny-parts 1.0)", "mine.py (given with --plugin)")
    assert seqreason(*words, "--plugin", "mine.py") == (2, "", f"seqreason: {fault}\n")


def test_a_run_that_names_a_clash_is_reported_of_it(seqreason, install):
    install()
    install(**OTHER)
    words = ("run", "quickstart", "--set", "encoder.kind=two-layers")
    assert seqreason(*words) == (2, "", f"seqreason: {CLASH}\n")


def test_a_clash_stops_no_run_that_does_not_name_it(seqreason, install, spec_file, tiny_plugins):
    install()
    install(**OTHER)
    assert seqreason("run", spec_file, "--plugin", tiny_plugins, "--dry-run")[0] == 0


def test_plugins_tells_a_clash_once(seqreason, install):
    install()
    install(**OTHER)
    code, message, _ = seqreason("plugins", "--strict")
    assert (code, message.count(CLASH)) == (1, 1)
    assert [health for _, health in healths(message)].count("error") == 2


def test_an_unknown_field_is_reported_with_whose_it_is(seqreason, install):
    install()
    choice = "encoder={kind: two-layers, hiden: 3}"
    assert seqreason("run", "quickstart", "--set", choice) == (
        2,
        "",
        "seqreason: quickstart: encoder.hiden: unknown key: did you mean 'hidden'? known are "
        "hidden, the settings of encoder two-layers of mine (tiny-parts 1.0), got 3\n",
    )


def test_a_wrong_feature_size_fails_the_cell_with_the_message(
    seqreason, install, spec_file, tiny_plugins
):
    install(("self.features = 8", "self.features = 9"))
    choice = "encoder={kind: two-layers}"
    words = ("run", spec_file, "--set", choice, "--plugin", tiny_plugins, "--seeds", "0", "--json")
    code, message, said = seqreason(*words)
    (cell,) = json.loads(message)["cells"]
    assert (code, "Traceback" in said) == (1, False)
    (failure,) = spec_file.parent.glob("runs/*/*/failure.txt")
    assert cell["reason"] == (
        "PluginError: encoder two-layers of mine (tiny-parts 1.0) returned features of shape (104, "
        "8), not (104, 9); set `self.features = 8` in its __init__, or have its last layer give 9 "
        f"(traceback in {failure})"
    )
