"""The check of settings: each one has an effect, or is declared inert."""

from collections.abc import Callable
from typing import Any

from seqreason.testing.demands import BrokenLawError, NotApplicableError, demand
from seqreason.testing.subject import Subject
from seqreason.testing.variants import field_paths, variants_of

Behaviour = Callable[[dict[str, Any]], bytes]


def check_setting_effects(subject: Subject, behaviour: Behaviour) -> None:
    """Check that each setting changes the plug-in's behaviour or is declared inert.

    *behaviour* turns settings into bytes that hold all observable output of the plug-in.

    Raises:
        BrokenLawError: a setting has no effect, or one is wrongly declared inert.
        NotApplicableError: there is no setting, or no other value of one can be tried.
    """
    paths = field_paths(subject.registration.plugin.Config)
    unknown = set(subject.declared.inert) - set(paths)
    demand(not unknown, f"declared inert, but not a setting: {', '.join(sorted(unknown))}")
    if not paths:
        raise NotApplicableError("it has no settings")
    verdicts = {path: _has_effect(subject, path, behaviour) for path in paths}
    for path, has_effect in verdicts.items():
        is_inert = path in subject.declared.inert
        if has_effect is False and not is_inert:
            raise BrokenLawError(
                f"{path} changes nothing: use it, remove it, or declare it in "
                f'`conformance = Conformance(inert={{"{path}": "why"}})`'
            )
        demand(not (has_effect and is_inert), f"{path} is declared inert, but changes something")
    if not any(verdict is not None for verdict in verdicts.values()):
        names = ", ".join(paths)
        raise NotApplicableError(f"no other value of {names} could be tried: declare more examples")


def _has_effect(subject: Subject, path: str, behaviour: Behaviour) -> bool | None:
    """Whether a change of the setting changes the behaviour; None if that is unknown.

    It is unknown where no other value could be tried. A value that is refused counts as unknown
    too, because a setting without effect would not be refused.
    """
    was_tried = was_refused = False
    for example in subject.examples:
        before = _output(behaviour, example)
        if before is None:
            continue
        for other in _others(subject, example, path):
            after = _output(behaviour, other)
            was_tried, was_refused = True, was_refused or after is None
            if after not in (None, before):
                return True
    return False if was_tried and not was_refused else None


def _output(behaviour: Behaviour, settings: dict[str, Any]) -> bytes | None:
    try:
        return behaviour(settings)
    except NotApplicableError:
        return None


def _others(subject: Subject, example: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Variants of *example*, and the declared examples that differ from it only in that setting."""

    def without(settings: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in settings.items() if name != path}

    declared = [
        other
        for other in subject.examples
        if without(other) == without(example) and other.get(path) != example.get(path)
    ]
    return [*variants_of(subject.registration.plugin.Config, example, field=path), *declared]
