"""Files that appear whole or not at all, for everything that another process may read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a file that replaces *path* when the block ends without an error.

    The file has a name of its own beside *path*, so two processes may write to one path. After an
    error or Ctrl-C it is deleted, and *path* stays as it was.
    """
    temporary = path.with_name(f"{path.name}.{token_hex(4)}.part")
    try:
        # Not `tempfile`, whose files only their owner may read.
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
