"""Wrong settings in the project's own words: the one place that reads pydantic's errors."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

# A message for each of pydantic's own types of fault, with its limits to fill in.
_WORDS: Final = {
    **dict.fromkeys(("bool_parsing", "bool_type"), "expected true or false"),
    **dict.fromkeys(("dict_type", "model_type"), "expected a mapping"),
    **dict.fromkeys(("float_parsing", "float_type"), "expected a number"),
    **dict.fromkeys(("int_from_float", "int_parsing", "int_type"), "expected a whole number"),
    **dict.fromkeys(("list_type", "tuple_type"), "expected a list"),
    "finite_number": "expected a finite number",
    "greater_than": "expected more than {gt}",
    "greater_than_equal": "expected {ge} or more",
    "less_than": "expected less than {lt}",
    "less_than_equal": "expected {le} or less",
    "literal_error": "expected {expected}",
    "missing": "missing, and it has no default",
    "string_pattern_mismatch": "expected text of the form {pattern}",
    "string_too_short": "expected {min_length} or more characters",
    "string_type": "expected text",
    "too_long": "expected {max_length} or fewer entries",
    "too_short": "expected {min_length} or more entries",
}
# Messages of these types name the value already, or need none.
_WITHOUT_VALUE: Final = ("axis", "missing", "shift", "unknown_key", "unknown_kind")


def explain(error: ValidationError, *, where: str) -> str:
    """One line for each wrong setting: *where*, its path, what was expected, and what came."""
    return "\n".join(f"{where}: {line}" for line in described(error.errors(include_url=False)))


def explain_inline(error: ValidationError) -> str:
    """The same on one line and without a place before it, to stand inside a sentence."""
    return "; ".join(described(error.errors(include_url=False)))


def described(faults: Sequence[Any]) -> list[str]:
    """A line for each of *faults*, which are entries of `ValidationError.errors`."""
    return [
        ": ".join(filter(None, [".".join(map(str, fault["loc"])), _with_value(fault)]))
        for fault in faults
        if not _follows(fault, faults)
    ]


def new_fault(
    kind: str, message: str, *, place: Iterable[int | str], value: Any
) -> InitErrorDetails:
    """A fault of the project's own, for pydantic's `ValidationError.from_exception_data`."""
    error = PydanticCustomError(kind, "{message}", {"message": message})
    return InitErrorDetails(type=error, loc=tuple(place), input=value)


def moved(kind: str, error: ValidationError, *path: str) -> list[InitErrorDetails]:
    """The faults of *error*, placed below *path*: a validation inside another begins a new path."""
    return [
        new_fault(kind, _with_value(entry), place=(*path, *entry["loc"]), value=entry["input"])
        for entry in error.errors(include_url=False)
    ]


def unknown_key(key: str, value: Any, known: Iterable[str], *, owner: str = "") -> InitErrorDetails:
    """The fault of a setting that does not exist; *owner* is the plug-in that it was given to."""
    names = sorted(known)
    close = get_close_matches(key, names, n=1, cutoff=0.5)
    message = f"no such setting.{f' Did you mean {close[0]!r}?' if close else ''}"
    if names:
        message += f" {f'The {owner} has' if owner else 'The settings here are'}: "
        message += ", ".join(names)
    elif owner:
        message += f" The {owner} has none: leave it out, or declare it in a Config of that class"
    return new_fault("unknown_key", message, place=(key,), value=value)


def _follows(fault: Any, faults: Sequence[Any]) -> bool:
    """Whether *fault* says that a list is too short only because its items are wrong."""
    place = fault["loc"]
    return fault["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in faults
    )


def _with_value(fault: Any) -> str:
    """A fault's message without its place: what was expected, and what came."""
    message, value = str(fault["msg"]).removeprefix("Value error, "), fault["input"]
    if fault["type"] in _WORDS:
        limits = fault.get("ctx", {}).items()
        message = _WORDS[fault["type"]].format(**{name: _plain(limit) for name, limit in limits})
    if fault["type"] in _WITHOUT_VALUE or not isinstance(value, str | int | float | bool | None):
        return message
    return f"{message}, got {value!r}"


def _plain(limit: Any) -> Any:
    """A limit as its author wrote it: 1 rather than 1.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
