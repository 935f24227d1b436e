"""Downloading a published data file into the cache, once, with resumption.

NAME.part holds the first part of an interrupted download. NAME.part.json says which version of
which file it belongs to, so that parts of different versions are never joined.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import requests
from filelock import FileLock
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError

from seqreason.errors import DataError
from seqreason.interfaces import no_progress

_CHUNK_BYTES: Final = 2**18
_CONNECT_SECONDS, _SILENCE_SECONDS = 15, 60
_OK, _REST, _PAST_THE_END = 200, 206, 416


def fetch(
    url: str, *, folder: Path, setting: str, progress: Callable[[int, int], None] = no_progress
) -> Path:
    """The path in *folder* of the file at *url*, which is downloaded if it is not there yet.

    A download moves into place when it is whole. The next call resumes an interrupted one. The
    caller checks the content.

    Args:
        setting: how to use another file, for the message, such as `source.path=FILE`.
        progress: receives (bytes so far, bytes in all) if the server announces the size.

    Raises:
        DataError: it cannot be downloaded; the message says which file to put where.
    """
    path = folder / url.rpartition("/")[2]
    if path.exists():
        return path
    part = path.with_name(f"{path.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            # Another process may have fetched it while this one waited.
            if not path.exists():
                _download(url, part, progress)
                part.replace(path)
                _record_of(part).unlink(missing_ok=True)
    except (OSError, HTTPError) as error:
        size = part.stat().st_size if part.exists() else 0
        kept = f" to resume after {size:,} bytes" if size else ""
        raise DataError(
            f"{url} cannot be downloaded ({_reason(error)}). Run the command again{kept}, "
            f"or put the file at {path} yourself, or set {setting}"
        ) from error
    return path


class _Version(NamedTuple):
    """Which version of which file: its address, its validator and its size, where known."""

    url: str
    validator: str | None
    size: int | None

    @classmethod
    def of(cls, url: str, response: requests.Response) -> "_Version":
        """The version that a response with the whole file announces."""
        tag = response.headers.get("ETag", "")
        # A weak tag does not guarantee the same bytes.
        strong_tag = "" if tag.startswith("W/") else tag
        length = response.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else None
        return cls(url, strong_tag or response.headers.get("Last-Modified"), size)


def _download(url: str, part: Path, progress: Callable[[int, int], None]) -> None:
    """Complete *part*; if the server can continue a download, only with what is missing."""
    known = _version_of(part, url)
    done = part.stat().st_size if known is not None and part.exists() else 0
    with _answer(url, known, done) as response:
        if known is not None and response.status_code == _REST:
            version, mode = known, "ab"
        else:
            version, mode, done = _Version.of(url, response), "wb", 0
        with part.open(mode) as file:
            # Written after an old part is emptied, so that the record never describes that one.
            _record_of(part).write_text(json.dumps(version._asdict()), encoding="utf-8")
            # Not decoded: some servers declare the compression of a .gz file as an encoding.
            for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
                file.write(chunk)
                done += len(chunk)
                if version.size is not None:
                    progress(done, version.size)
    if version.size is not None and done != version.size:
        raise IncompleteRead(done, version.size - done)


def _answer(url: str, known: _Version | None, start: int) -> requests.Response:
    """The rest of the *known* version from byte *start* (206), or the whole file (200)."""
    if known is not None and start:
        condition = {"If-Range": known.validator} if known.validator else {}
        response = _get(url, {"Range": f"bytes={start}-", **condition})
        if response.status_code == _OK or _is_rest(response, known, start):
            return response
        response.close()
        if response.status_code not in (_REST, _PAST_THE_END):
            response.raise_for_status()
    response = _get(url, {})
    response.raise_for_status()
    return response


def _get(url: str, headers: dict[str, str]) -> requests.Response:
    return requests.get(
        url,
        headers={"Accept-Encoding": "identity", **headers},
        stream=True,
        timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS),
    )


def _is_rest(response: requests.Response, known: _Version, start: int) -> bool:
    """Whether the response starts at byte *start* of a file with the known size."""
    place, _, size = response.headers.get("Content-Range", "").partition("/")
    is_same_size = known.size is None or size in ("*", str(known.size))
    return response.status_code == _REST and place.startswith(f"bytes {start}-") and is_same_size


def _record_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _version_of(part: Path, url: str) -> _Version | None:
    """The version in the record; None if there is no readable record of *url*."""
    try:
        version = _Version(**json.loads(_record_of(part).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return version if version.url == url else None


def _reason(error: Exception) -> str:
    if isinstance(error, requests.HTTPError):
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, ProtocolError):
        return "the connection ended early"
    return type(error).__name__
