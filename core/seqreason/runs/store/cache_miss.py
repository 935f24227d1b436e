"""Why a cell must be computed: how its identity differs from those of finished cells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_ABSENT: Final = object()
_MOST_LISTED: Final = 4


def explain_miss(identity: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> str:
    """What changed since a cell of the same spec and seed was finished.

    Args:
        earlier: the identities of finished cells of this benchmark, the latest first.

    Returns:
        `digest changed: plug-in encoder mine 1 → 2`, or `new: …` if no cell is comparable.
    """
    same_seed = [other for other in earlier if other.get("seed") == identity["seed"]]
    for other in same_seed:
        if all(other.get(part) == identity.get(part) for part in ("spec", "measured")):
            return f"digest changed: {'; '.join(_outside_the_spec(other, identity))}"
    if not same_seed:
        return "new" if not earlier else "new: this seed has not been run"
    # Of several finished specs, report the one that differs least.
    differing = [list(_settings(other["spec"], identity["spec"], "")) for other in same_seed]
    return f"new: no finished cell has {_listed(min(differing, key=len))}"


def _outside_the_spec(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("plugins", {}), new["plugins"]
    for name in after:
        then, now = before.get(name), after[name]
        if then is None:
            yield f"plug-in {name} was not recorded"
        elif then["version"] != now["version"]:
            yield f"plug-in {name} {then['version']} → {now['version']}"
        elif then["source"] != now["source"]:
            yield f"plug-in {name}: its source changed (version {now['version']} as before)"
    if old.get("data") != new["data"]:
        yield "the data changed"
    if old.get("seqreason") != new["seqreason"]:
        yield f"seqreason {old.get('seqreason')} → {new['seqreason']}"


def _settings(old: Any, new: Any, path: str) -> Iterator[str]:
    """Each setting that differs, as `path old → new`."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if old.get("kind") != new.get("kind"):
            yield f"{path}.kind {old.get('kind')} → {new.get('kind')}".removeprefix(".")
            return
        for key in dict.fromkeys([*old, *new]):
            yield from _settings(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}.{key}")
    elif old != new:
        yield f"{path} {_value(old)} → {_value(new)}".removeprefix(".")


def _value(value: Any) -> str:
    return "(none)" if value is _ABSENT else str(value)


def _listed(differences: Sequence[str]) -> str:
    first = ", ".join(differences[:_MOST_LISTED])
    left = len(differences) - _MOST_LISTED
    return f"{first}, and {left} more that differ" if left > 0 else first
