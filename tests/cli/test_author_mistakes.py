"""The command line reports an author's mistake: one message, the exit code, no traceback."""

import json

import pytest

from seqreason.registry.kinds import KINDS

MISSPELT = ("seqreason_encoders", "seqreason_encoder")
FAULT = (
    "plug-in mine (tiny-parts 1.0): there is no hook seqreason_encoder; name it seqreason_encoders"
)
OTHER = {"module": "other_parts", "name": "other-parts", "entries": "mine = other_parts"}
CLASH = (
    "encoder 'two-layers' is offered by plug-in mine (other-parts 1.0) and by plug-in mine "
    "(tiny-parts 1.0); rename it in one of them, or `pip uninstall other-parts`, or "
    "`pip uninstall tiny-parts`"
)


def healths(output):
    """The distribution and health of each row of the table."""
    words = [line.split() for line in output.splitlines()]
    return [(row[0], row[-1]) for row in words if row and row[-1] in ("ok", "error")]


def test_plugins_shows_every_plug_in_with_the_error_below(seqreason, install):
    install(MISSPELT)
    code, output, _ = seqreason("plugins")
    assert code == 0
    assert output.splitlines()[-1] == FAULT
    assert [row for row in healths(output) if row[0] != "seqreason"] == [("tiny-parts", "error")]
    assert healths(output).count(("seqreason", "ok")) == len(KINDS)


def test_plugins_as_json_has_the_error(seqreason, install):
    install(MISSPELT)
    rows = json.loads(seqreason("plugins", "--json")[1])["plugins"]
    assert [row["error"] for row in rows if row["error"]] == [FAULT]


@pytest.mark.parametrize(("changes", "code"), [([], 0), ([MISSPELT], 1)])
def test_plugins_strict_exits_with_1_for_a_broken_plug_in(seqreason, install, changes, code):
    install(*changes)
    assert seqreason("plugins", "--strict")[0] == code


def test_list_notes_plug_ins_that_cannot_be_used(seqreason, install):
    install(MISSPELT)
    code, output, errors = seqreason("list", "encoder")
    assert (code, "two-layers" in output) == (0, False)
    note = "Some plug-ins of mine (tiny-parts 1.0) cannot be used. See `seqreason plugins`.\n"
    assert errors == note


def test_a_run_that_names_a_broken_plug_in_shows_its_error(seqreason, install):
    install(MISSPELT)
    code, output, errors = seqreason("run", "quickstart", "--set", "encoder.kind=two-layers")
    assert (code, output) == (2, "")
    assert errors.startswith(
        "seqreason: quickstart: encoder: unknown encoder 'two-layers': choose "
    )
    assert errors.endswith(
        f"\nThese plug-ins cannot be used and may be the ones that offer it:\n{FAULT}\n"
    )


@pytest.mark.parametrize("words", [("run", "quickstart"), ("list",), ("plugins",)])
def test_a_broken_file_that_is_given_ends_every_command(seqreason, tmp_path, two_layers, words):
    (tmp_path / "mine.py").write_text(two_layers.read_text().replace(*MISSPELT))
    fault = FAULT.replace("mine (tiny-parts 1.0)", "mine.py (given with --plugin)")
    assert seqreason(*words, "--plugin", "mine.py") == (2, "", f"seqreason: {fault}\n")


def test_a_run_that_names_a_clash_is_refused(seqreason, install):
    install()
    install(**OTHER)
    words = ("run", "quickstart", "--set", "encoder.kind=two-layers")
    assert seqreason(*words) == (2, "", f"seqreason: {CLASH}\n")


def test_a_clash_does_not_stop_a_run_without_that_name(seqreason, install, spec_file, tiny_plugins):
    install()
    install(**OTHER)
    assert seqreason("run", spec_file, "--plugin", tiny_plugins, "--dry-run")[0] == 0


def test_plugins_shows_a_clash_once(seqreason, install):
    install()
    install(**OTHER)
    code, output, _ = seqreason("plugins", "--strict")
    assert (code, output.count(CLASH)) == (1, 1)
    assert [health for _, health in healths(output)].count("error") == 2


def test_an_unknown_setting_is_reported_with_its_plug_in(seqreason, install):
    install()
    choice = "encoder={kind: two-layers, hiden: 3}"
    assert seqreason("run", "quickstart", "--set", choice) == (
        2,
        "",
        "seqreason: quickstart: encoder.hiden: no such setting. Did you mean 'hidden'? The "
        "encoder two-layers of mine (tiny-parts 1.0) has: hidden\n",
    )


def test_a_wrong_feature_size_fails_the_cell_with_the_message(
    seqreason, install, spec_file, tiny_plugins
):
    install(("self.features = 8", "self.features = 9"))
    choice = "encoder={kind: two-layers}"
    words = ("run", spec_file, "--set", choice, "--plugin", tiny_plugins, "--seeds", "0", "--json")
    code, output, errors = seqreason(*words)
    (cell,) = json.loads(output)["cells"]
    assert (code, "Traceback" in errors) == (1, False)
    (failure,) = spec_file.parent.glob("runs/*/*/failure.txt")
    assert cell["reason"] == (
        "PluginError: encoder two-layers of mine (tiny-parts 1.0) returned features of shape (104, "
        "8), not (104, 9); set `self.features = 8` in its __init__, or have its last layer give 9 "
        f"(traceback in {failure})"
    )
