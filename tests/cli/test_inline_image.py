"""Pictures in terminals, by the exact characters that the protocols ask for."""

from base64 import b64decode

import pytest

from seqreason.cli.inline_image import inline_image, protocol_of, show_inline


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"TERM_PROGRAM": "vscode"}, "iterm2"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, None),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-1000/default,1,0"}, None),
    ],
)
def test_the_terminal_is_known_by_its_environment(environment, protocol):
    assert protocol_of(environment) == protocol


def test_a_small_picture_is_one_code_of_kitty_s():
    assert inline_image(b"PNG!", "kitty", columns=80) == (
        "\x1b_Gf=100,a=T,q=2,c=80,m=0;UE5HIQ==\x1b\\\n"
    )


def test_kitty_gets_a_large_picture_in_chunks_of_4096_characters():
    png = bytes(range(256)) * 30
    first, second, third, end = inline_image(png, "kitty", columns=7).split("\x1b\\")
    assert end == "\n"
    assert first.startswith("\x1b_Gf=100,a=T,q=2,c=7,m=1;")
    assert second.startswith("\x1b_Gm=1;")
    assert third.startswith("\x1b_Gm=0;")
    data = [code.partition(";")[2] for code in (first, second, third)]
    assert [len(chunk) for chunk in data] == [4096, 4096, 10_240 - 2 * 4096]
    assert b64decode("".join(data)) == png


def test_iterm2_gets_the_whole_file_at_once():
    assert inline_image(b"PNG!", "iterm2", columns=80) == (
        "\x1b]1337;File=inline=1;size=4;width=80;preserveAspectRatio=1:UE5HIQ==\x07\n"
    )


@pytest.fixture
def terminal(monkeypatch):
    """Makes standard output a terminal, or not, of one that knows kitty's protocol, or not."""

    def make(*, is_terminal, term):
        for name in ("TMUX", "KITTY_WINDOW_ID", "TERM_PROGRAM"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", term)
        monkeypatch.setenv("COLUMNS", "90")
        monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)

    return make


@pytest.mark.parametrize(
    ("wanted", "is_terminal", "term", "start"),
    [
        (None, True, "xterm-kitty", "\x1b_Gf=100,a=T,q=2,c=90,m=0;"),
        (None, False, "xterm-kitty", ""),
        (None, True, "xterm", ""),
        (False, True, "xterm-kitty", ""),
        (True, False, "xterm-kitty", "\x1b_Gf=100"),
        (True, False, "xterm", "\x1b]1337;File=inline=1;size=4;width=90;"),
    ],
)
def test_a_picture_is_shown_where_it_can_be_or_is_forced(
    terminal, capsys, wanted, is_terminal, term, start
):
    terminal(is_terminal=is_terminal, term=term)
    show_inline(lambda: b"PNG!", wanted=wanted)
    shown = capsys.readouterr().out
    assert shown.startswith(start)
    assert bool(shown) == bool(start)
