"""Surroundings to load a source in: without a network, and in an empty folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from unittest.mock import patch


@contextmanager
def offline() -> Iterator[list[str]]:
    """A block in which no host is found, so that a check downloads nothing.

    It yields a list that collects the hosts that were asked for.
    """
    asked: list[str] = []

    def refuse(host: object, *_: object, **__: object) -> NoReturn:
        asked.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, f"{host}: a check downloads nothing")

    with patch.object(socket, "getaddrinfo", refuse):
        yield asked


@contextmanager
def elsewhere() -> Iterator[Path]:
    """A block whose working directory and home are an empty folder; it yields that folder."""
    with TemporaryDirectory() as name:
        home = {"HOME": name, "USERPROFILE": name}
        with patch.dict(os.environ, home), chdir(name):
            yield Path(name)
