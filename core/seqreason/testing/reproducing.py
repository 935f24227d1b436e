"""Files that reproduce a broken law: `seqreason check` prints them, `--case` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import yaml
from pydantic import ValidationError

from seqreason.errors import SpecError
from seqreason.registry import Registration, Registry
from seqreason.spec.files import parse_yaml
from seqreason.testing.case import Case
from seqreason.testing.law import Law
from seqreason.testing.laws import laws_of
from seqreason.testing.outcome import Outcome
from seqreason.testing.subject import Subject
from seqreason.testing.trying import try_case


@final
@dataclass(frozen=True)
class Reproduction:
    """A law, a plug-in and the case that breaks it."""

    law: Law
    subject: Subject
    case: Case

    def outcome(self) -> Outcome:
        """The outcome of the law for the plug-in on that case."""
        return try_case(self.law, self.subject, self.case)


def reproduction_text(registration: Registration, outcome: Outcome) -> str:
    """The case that breaks a law, as a small spec that names the plug-in as a benchmark does.

    law: frame-independence
    encoder: {kind: mine, features: 8}
    case: {height: 8, width: 8, num_frames: 2, seed: 0}
    """
    case = dict(outcome.case or {})
    settings = case.pop("settings", {})
    blocks: dict[str, Any] = {
        "law": outcome.law,
        registration.kind: {"kind": registration.name, **settings},
        "case": case,
    }
    return "".join(f"{key}: {_in_a_line(value)}\n" for key, value in blocks.items())


def read_reproduction(path: Path, registry: Registry) -> Reproduction:
    """The reproduction that a file describes.

    Raises:
        SpecError: it is not such a file, or it names an unknown law or plug-in.
    """
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"), where=str(path))
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from error
    kinds = [key for key in data if key not in ("law", "case")] if isinstance(data, dict) else []
    if not isinstance(data, dict) or "law" not in data or len(kinds) != 1:
        raise SpecError(
            f"{path}: expected a law, one plug-in and a case, as printed by `seqreason check`:\n"
            "law: frame-independence\nencoder: {kind: mine}\ncase: {seed: 0}"
        )
    laws = laws_of(kinds[0])
    law = laws.find(str(data["law"]))
    settings = _mapping(data[kinds[0]], where=f"{path}: {kinds[0]}")
    name = settings.pop("kind", None)
    subject = Subject.of(registry.find(kinds[0], str(name)), examples=[settings])
    try:
        drawn = _mapping(data.get("case") or {}, where=f"{path}: case")
        case = laws.case.model_validate({**drawn, "settings": settings})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise SpecError(f"{path}: case: {faults}") from error
    return Reproduction(law, subject, case)


def _mapping(value: object, *, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SpecError(f"{where}: expected a mapping, got {value!r}")
    return dict(value)


def _in_a_line(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...").strip()
