"""The tutorial, literally: its files and commands in their order, in a fresh environment."""

import os
import re
import subprocess
from pathlib import Path

import pytest

TUTORIAL = (Path(__file__).parent.parent / "docs" / "tutorial.md").read_text(encoding="utf-8")
STEP = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<code>.*?)```", re.S)
MOST_COMMANDS, MOST_LINES = 6, 30


def steps():
    """What the reader does, in order: `("run", command)` and `("write", file, text)`."""
    for block in STEP.finditer(TUTORIAL):
        if block["file"]:
            yield ("write", block["file"], block["code"])
        elif block["kind"] == "bash":
            yield from (("run", line) for line in block["code"].splitlines())


def test_from_a_new_package_to_a_table_it_is_few_commands_and_few_lines():
    done = list(steps())
    first = next(place for place, step in enumerate(done) if "seqreason new" in step[1])
    last = next(place for place, step in enumerate(done) if "seqreason run" in step[1])
    between = done[first : last + 1]
    assert sum(step[0] == "run" for step in between) <= MOST_COMMANDS
    written = [step[2] for step in between if step[0] == "write"]
    assert 0 < sum(len(text.splitlines()) for text in written) <= MOST_LINES


@pytest.mark.slow
def test_the_tutorial_works_from_the_first_line_to_the_last(
    make_environment, tmp_path_factory, tmp_path
):
    # Of its own, since a package is installed there.
    own = make_environment(tmp_path_factory.mktemp("environment"))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PATH": f"{own.bin}{os.pathsep}{os.environ['PATH']}",
    }
    said = {}
    for step in steps():
        if step[0] == "write":
            path = tmp_path / step[1]
            assert path.is_file(), f"{step[1]} is to be changed, not made"
            path.write_text(step[2], encoding="utf-8")
            continue
        ended = subprocess.run(
            step[1], shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert ended.returncode == 0, (step[1], ended.stdout, ended.stderr)
        said[step[1]] = ended.stdout
    table = said["seqreason run two-scales/two-scales-vs-baseline.yaml"]
    assert "two-scales" in table
    assert "mlp" in table
    assert re.search(r"better|worse|inconclusive|alike", table)
    checked = said["seqreason check two-scales"]
    assert "✓ encoder two-scales (two-scales 0.1.0): 14 laws ran, 0 skipped" in checked
    assert (tmp_path / "report.html").stat().st_size > 10_000
