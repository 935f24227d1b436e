"""Fetching a published data file into the cache, once."""

import logging
from pathlib import Path

import pooch
import requests

from seqreason.errors import DataError


def fetch(url: str, *, folder: Path, setting: str) -> Path:
    """The file at *url* as it lies in *folder*, downloaded where it is not there yet.

    A download is moved into place when it is complete. *setting* is named in the message as
    the way to use a file that was fetched by hand. Whether the content is right is for the
    caller to check.

    Raises:
        DataError: it cannot be downloaded; the message says what to place where.
    """
    name = url.rpartition("/")[2]
    pooch.get_logger().setLevel(logging.WARNING)
    try:
        return Path(pooch.retrieve(url, known_hash=None, fname=name, path=folder))
    except (requests.RequestException, OSError) as error:
        raise DataError(
            f"{url} cannot be downloaded ({type(error).__name__}). Fetch it by other means and "
            f"place it at {folder / name}, or say where it is with {setting}"
        ) from error
