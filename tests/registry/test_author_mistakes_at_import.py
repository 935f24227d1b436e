"""Messages on a plug-in that cannot be imported, and on a wrong entry point."""

import pytest

from seqreason.errors import PluginError
from seqreason.registry import load_registry
from seqreason.registry.manager import make_manager

FROM_TORCH = "from torch import nn\n"


@pytest.fixture
def reported(install):
    """The message on a plug-in with *changes*; FILE stands for its file."""

    def reported(*changes, **where):
        path = install(*changes, **where)
        (fault,) = [entry.error for entry in load_registry().health if entry.error]
        return fault.replace(str(path), "FILE")

    return reported


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            (FROM_TORCH, "import timn\n"),
            "ModuleNotFoundError: No module named 'timn' (FILE, line 3); install the package "
            "that provides timn, or correct the import",
        ),
        (
            ("class TwoLayers(seqreason.Encoder):", "class TwoLayers(seqreason.Encoder)"),
            "SyntaxError: expected ':' (FILE, line 8); fix that line",
        ),
        (
            (FROM_TORCH, "1 / 0\n"),
            "ZeroDivisionError: division by zero (FILE, line 3); fix that line",
        ),
        (
            ("seqreason.Encoder", "seqreason.Encodr"),
            "AttributeError: module 'seqreason' has no attribute 'Encodr' (FILE, line 8); fix "
            "that line",
        ),
    ],
)
def test_an_import_error_is_an_error_with_its_line_and_no_traceback(reported, change, message):
    first_line, _, traceback = reported(change).partition("\n")
    assert first_line == f"plug-in mine (tiny-parts 1.0) cannot be imported: {message}"
    assert not traceback or change[0] == "seqreason.Encoder"


def test_a_traceback_follows_from_the_author_s_first_frame_where_several_led_there(reported):
    code = "def table(size):\n    raise ValueError(f'no table of {size}')\n\n\ntable(3)\n"
    lines = reported((FROM_TORCH, code)).splitlines()
    # Which words Python underlines differs by its version.
    assert [line for line in lines if line.strip(" ~^")] == [
        "plug-in mine (tiny-parts 1.0) cannot be imported: ValueError: no table of 3 (FILE, line "
        "4); fix that line",
        "Traceback (most recent call last):",
        '  File "FILE", line 7, in <module>',
        "    table(3)",
        '  File "FILE", line 4, in table',
        "    raise ValueError(f'no table of {size}')",
        "ValueError: no table of 3",
    ]


def test_a_plug_in_that_ends_the_program_is_an_error(reported):
    assert reported((FROM_TORCH, "import sys\nsys.exit(3)\n")) == (
        "plug-in mine (tiny-parts 1.0): it exits while it is imported (FILE, line 4); "
        'put the code of the program under `if __name__ == "__main__":`'
    )


def test_the_cause_of_an_import_error_is_in_the_traceback(reported):
    code = (
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise OSError('no') from error\n"
    )
    lines = reported((FROM_TORCH, code)).splitlines()
    assert lines[0] == (
        "plug-in mine (tiny-parts 1.0) cannot be imported: OSError: no (FILE, line 6); fix that "
        "line"
    )
    assert "ZeroDivisionError: division by zero" in lines


def entry_point_fault(line, fault, fix):
    return (
        f"plug-in mine (tiny-parts 1.0): its entry point `{line}` {fault}; change that line under "
        f"[project.entry-points.seqreason] in pyproject.toml to {fix}, and install tiny-parts "
        "again"
    )


@pytest.mark.parametrize(
    ("target", "fault", "fix"),
    [
        ("tiny_part", "names the module tiny_part, which does not exist", "a module that exists"),
        (
            "tiny_parts.eyes",
            "names the module tiny_parts.eyes, which does not exist",
            "a module that exists",
        ),
        (
            "tiny_parts.py",
            "names the module tiny_parts.py, which does not exist",
            '`mine = "tiny_parts"`',
        ),
        ("tiny-parts", "names no module", "a module that exists"),
        (
            "tiny_parts:eyes",
            "names eyes, which tiny_parts does not have",
            '`mine = "tiny_parts"`',
        ),
        (
            "tiny_parts:TwoLayers",
            "names the class TwoLayers, not a module",
            '`mine = "tiny_parts"`',
        ),
        (
            "tiny_parts:seqreason_encoders",
            "names the function seqreason_encoders, not a module",
            '`mine = "tiny_parts"`',
        ),
    ],
)
def test_a_wrong_entry_point_target_is_an_error_with_the_line(reported, target, fault, fix):
    line = f'mine = "{target}"'
    assert reported(entries=f"mine = {target}") == entry_point_fault(line, fault, fix)


def test_an_attribute_that_is_a_module_is_a_target(install):
    install(
        (FROM_TORCH, f"{FROM_TORCH}import sys\nitself = sys.modules[__name__]\n"),
        entries="mine = tiny_parts:itself",
    )
    assert load_registry().find("encoder", "two-layers").origin.plugin == "mine"


def test_two_entry_points_to_one_module_are_an_error(reported):
    assert reported(entries="mine = tiny_parts\nyours = tiny_parts") == (
        "plug-in yours (tiny-parts 1.0): plug-in mine (tiny-parts 1.0) is the same module; delete "
        "one of the two lines under [project.entry-points.seqreason] in pyproject.toml"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "gone.py",
            "plug-in gone.py (given with --plugin): there is no such file; give its path "
            "relative to this folder",
        ),
        (
            "gone_module",
            "plug-in gone_module (given with --plugin): there is no module gone_module; give a "
            "file that ends in .py, or a module of an installed package",
        ),
    ],
)
def test_a_file_or_module_that_is_given_and_not_there_is_an_error(given, message):
    with pytest.raises(PluginError) as error:
        make_manager([given])
    assert str(error.value) == message


def test_a_module_that_is_given_and_lacks_another_is_an_error(install):
    path = install((FROM_TORCH, "import timn\n"), entries="other = json")
    with pytest.raises(PluginError) as error:
        make_manager(["tiny_parts"])
    assert str(error.value) == (
        "plug-in tiny_parts (given with --plugin) cannot be imported: ModuleNotFoundError: No "
        f"module named 'timn' ({path}, line 3); install the package that provides timn, "
        "or correct the import"
    )
