"""Pictures among a terminal's text, by the two protocols that terminals know.

Kitty's graphics protocol: https://sw.kovidgoyal.net/kitty/graphics-protocol/ (kitty, ghostty).
iTerm2's inline images: https://iterm2.com/documentation-images.html (iTerm2, WezTerm, VS Code).
"""

import os
import shutil
import sys
from base64 import standard_b64encode
from collections.abc import Callable, Mapping
from typing import Final, Literal

Protocol = Literal["kitty", "iterm2"]

_ITERM2_PROGRAMS: Final = ("iTerm.app", "WezTerm", "vscode")
# The most that kitty takes in one escape code.
_KITTY_CHUNK: Final = 4096
# Wider than this a sheet is larger than life on a wide terminal.
_MOST_COLUMNS: Final = 100


def show_inline(make_png: Callable[[], bytes], *, wanted: bool | None) -> None:
    """Write the picture to standard output, as *wanted*, or if it is a terminal that knows how.

    A terminal that tells nothing of itself is taken to know iTerm2's protocol, as most do that
    know one.
    """
    protocol = protocol_of(os.environ)
    if wanted or (wanted is None and protocol is not None and sys.stdout.isatty()):
        columns = min(shutil.get_terminal_size().columns, _MOST_COLUMNS)
        sys.stdout.write(inline_image(make_png(), protocol or "iterm2", columns=columns))
        sys.stdout.flush()


def protocol_of(environment: Mapping[str, str]) -> Protocol | None:
    """The protocol that the terminal knows by its environment variables; None: neither."""
    terminal = environment.get("TERM", "")
    program = environment.get("TERM_PROGRAM", "")
    # A multiplexer keeps the outer terminal's variables, but passes no pictures on to it.
    if "TMUX" in environment or terminal.startswith(("screen", "tmux")):
        return None
    if "kitty" in terminal or "KITTY_WINDOW_ID" in environment or program == "ghostty":
        return "kitty"
    return "iterm2" if program in _ITERM2_PROGRAMS else None


def inline_image(png: bytes, protocol: Protocol, *, columns: int) -> str:
    """What to write to the terminal to show *png*, scaled to a width of *columns* characters."""
    return _kitty(png, columns) if protocol == "kitty" else _iterm2(png, columns)


def _kitty(png: bytes, columns: int) -> str:
    """Escape codes of at most 4096 characters of data, each but the last with `m=1` for more."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[start : start + _KITTY_CHUNK] for start in range(0, len(data), _KITTY_CHUNK)]
    # f=100: PNG; a=T: show at once; q=2: no answer, which the shell would take for typing.
    first = f"f=100,a=T,q=2,c={columns},"
    codes = [
        f"\x1b_G{first if place == 0 else ''}m={int(place < len(chunks) - 1)};{chunk}\x1b\\"
        for place, chunk in enumerate(chunks)
    ]
    return "".join(codes) + "\n"


def _iterm2(png: bytes, columns: int) -> str:
    """One escape code with the whole file."""
    data = standard_b64encode(png).decode("ascii")
    wanted = f"inline=1;size={len(png)};width={columns};preserveAspectRatio=1"
    return f"\x1b]1337;File={wanted}:{data}\x07\n"
