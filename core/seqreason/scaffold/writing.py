"""Writing new files, and never over an old one unless told to."""

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
    """What was written, and what to type next.

    Attributes:
        files: in the order in which a person would read them.
        commands: each with what it is for.
    """

    files: tuple[Path, ...]
    commands: Mapping[str, str]


def filled(template: str, words: Mapping[str, str]) -> str:
    """The text of a template with its `$words` filled in."""
    text = (_TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def parts() -> dict[str, dict[str, str]]:
    """For each kind that a spec names: its `place`, a `quick` part, and `baseline` with `part`."""
    text = (_TEMPLATES / "parts.yaml.template").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def write_new(texts: Mapping[Path, str], *, force: bool) -> None:
    """Write each text to its path; all of them or, where a file is in the way, none.

    Raises:
        SpecError: a file is there already, and *force* is not given.
        StoreError: the folder cannot be written to.
    """
    there = [str(path) for path in texts if path.exists()]
    if there and not force:
        raise SpecError(
            f"{', '.join(there)}: already there, and nothing is overwritten without --force"
        )
    for path, text in texts.items():
        write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write *text*, making the folders that it takes.

    Raises:
        StoreError: that cannot be done.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error
