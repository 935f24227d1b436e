"""Writing new files, over existing ones only with `--force`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, final

import yaml

from seqreason.errors import SpecError, StoreError

_TEMPLATES: Final = files("seqreason.scaffold") / "templates"


@final
@dataclass(frozen=True)
class Written:
    """The files that were written, and the commands to type next.

    Attributes:
        files: in the order in which a person would read them.
        commands: each command with its purpose.
    """

    files: tuple[Path, ...]
    commands: Mapping[str, str]


def filled(template: str, words: Mapping[str, str]) -> str:
    """The text of a template, such as `package/test.py`, with its `$words` filled in."""
    text = (_TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def spec_parts() -> dict[str, dict[str, str]]:
    """For each kind that a spec names: its `place`, a `quick` part, and its name, `baseline`."""
    text = (_TEMPLATES / "specs" / "parts.yaml.template").read_text(encoding="utf-8")
    parts: dict[str, dict[str, str]] = yaml.safe_load(text)
    for part in parts.values():
        part["baseline"] = yaml.safe_load(part["quick"])["kind"]
    return parts


def write_new(texts: Mapping[Path, str], *, force: bool) -> None:
    """Write each text to its path; where a file exists already, write none of them.

    Raises:
        SpecError: a file exists already, and *force* is not given.
        StoreError: the folder cannot be written to.
    """
    existing = [str(path) for path in texts if path.exists()]
    if existing and not force:
        raise SpecError(f"{', '.join(existing)}: exists already; add --force to overwrite")
    for path, text in texts.items():
        write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write *text* to *path*, and make the folders on the way.

    Raises:
        StoreError: the folders or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
