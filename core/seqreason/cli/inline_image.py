"""Pictures in a terminal, by the two protocols that terminals support.

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
# The limit of kitty for one escape code.
_KITTY_CHUNK: Final = 4096
# On a wide terminal, a wider sheet would be blown up.
_MAX_COLUMNS: Final = 100


def show_inline(make_png: Callable[[], bytes], *, wanted: bool | None) -> None:
    """Write the picture to standard output if *wanted*; None: if the terminal supports it.

    If a picture is wanted and the terminal is unknown, the protocol is iTerm2's, which most
    support.
    """
    protocol = protocol_of(os.environ)
    if wanted or (wanted is None and protocol is not None and sys.stdout.isatty()):
        columns = min(shutil.get_terminal_size().columns, _MAX_COLUMNS)
        sys.stdout.write(inline_image(make_png(), protocol or "iterm2", columns=columns))
        sys.stdout.flush()


def protocol_of(environment: Mapping[str, str]) -> Protocol | None:
    """The protocol that the terminal supports, by its environment variables; None: neither."""
    terminal = environment.get("TERM", "")
    program = environment.get("TERM_PROGRAM", "")
    # A multiplexer keeps the outer terminal's variables, but does not pass pictures to it.
    if "TMUX" in environment or terminal.startswith(("screen", "tmux")):
        return None
    if "kitty" in terminal or "KITTY_WINDOW_ID" in environment or program == "ghostty":
        return "kitty"
    return "iterm2" if program in _ITERM2_PROGRAMS else None


def inline_image(png: bytes, protocol: Protocol, *, columns: int) -> str:
    """The text that shows *png* in the terminal, scaled to a width of *columns* characters."""
    return _kitty(png, columns) if protocol == "kitty" else _iterm2(png, columns)


def _kitty(png: bytes, columns: int) -> str:
    """Escape codes of at most 4096 characters of data; `m=1` in all but the last means more."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[start : start + _KITTY_CHUNK] for start in range(0, len(data), _KITTY_CHUNK)]
    # f=100: PNG; a=T: show at once; q=2: no reply, which the shell would read as input.
    first = f"f=100,a=T,q=2,c={columns},"
    codes = [
        f"\x1b_G{first if place == 0 else ''}m={int(place < len(chunks) - 1)};{chunk}\x1b\\"
        for place, chunk in enumerate(chunks)
    ]
    return "".join(codes) + "\n"


def _iterm2(png: bytes, columns: int) -> str:
    """One escape code with the whole file."""
    data = standard_b64encode(png).decode("ascii")
    parameters = f"inline=1;size={len(png)};width={columns};preserveAspectRatio=1"
    return f"\x1b]1337;File={parameters}:{data}\x07\n"
