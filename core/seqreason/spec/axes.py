"""Axes: the settings that vary over the cells of a suite or an ablation."""

import math
from collections.abc import Mapping
from typing import Any, Final, Literal, final

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from seqreason.structures.setting_errors import moved, new_fault
from seqreason.structures.settings import Settings

Changes = dict[str, Any]
_WANTED: Final = (
    "expected a list of values where the axis is a dotted path, a mapping "
    "{OPTION: {PATH: VALUE, …}, …}, or a range {low: …, high: …}"
)


@final
class Range(Settings):
    """Numbers from *low* to *high*, among which a search finds the best."""

    low: float = Field(description="the smallest value that is tried")
    high: float = Field(description="the greatest value that is tried")
    scale: Literal["linear", "log"] = Field(
        "linear", description="log: 0.001 to 0.01 is searched as thoroughly as 0.01 to 0.1"
    )
    integer: bool = Field(False, description="try whole numbers only")

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the greatest value, as int if *integer* is set."""
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)

    @model_validator(mode="after")
    def _is_a_range(self) -> "Range":
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"expected low < high, got {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"expected low above 0 on a log scale, got {self.low}")
        if self.integer and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError("expected whole numbers for low and high, because integer is true")
        return self


Axis = Range | dict[str, Changes]


def parse_axes(axes: Mapping[str, Any]) -> dict[str, Axis]:
    """Each axis by its name: a range, or the changes of each of its options.

    Raises:
        pydantic.ValidationError: some are no axis; each has its path.
    """
    parsed: dict[str, Axis] = {}
    faults: list[InitErrorDetails] = []
    for name, value in axes.items():
        try:
            parsed[name] = _parsed(name, value)
        except ValidationError as error:
            faults += moved("axis", error, name)
        except ValueError as error:
            faults.append(new_fault("axis", str(error), place=(name,), value=value))
    if faults:
        raise ValidationError.from_exception_data("axes", faults)
    return parsed


def _parsed(name: str, value: Any) -> Axis:
    if isinstance(value, list) and value:
        return _options(name, value)
    if isinstance(value, Mapping) and value:
        if all(isinstance(changes, Mapping) for changes in value.values()):
            return {str(option): dict(changes) for option, changes in value.items()}
        if {"low", "high"} & set(value):
            return Range.model_validate(dict(value))
    raise ValueError(_WANTED)


def _options(path: str, values: list[Any]) -> dict[str, Changes]:
    """An option for each value: `gru`, or with the setting's name if it is no text: `hidden 40`."""
    setting = path.rpartition(".")[2]
    options = {
        value if isinstance(value, str) else f"{setting} {_name_of(value)}": {path: value}
        for value in values
    }
    if len(options) != len(values):
        raise ValueError("a value occurs twice; list each value once")
    return options


def _name_of(value: Any) -> str:
    """A value as a name on one line: the plug-in that it chooses with its settings, or itself."""
    if isinstance(value, Mapping) and "kind" in value:
        settings = [f"{key} {setting}" for key, setting in value.items() if key != "kind"]
        return " ".join([str(value["kind"]), *settings])
    return str(value)
