"""The base of every declared setting: frozen, and no key passes unread."""

from dataclasses import dataclass
from typing import Any, final

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import ValidationError

from seqreason.structures.setting_errors import unknown_key


@final
@dataclass(frozen=True)
class Owner:
    """Whose settings are validated, for messages; given as pydantic's validation context."""

    name: str


class Settings(BaseModel):
    """A pydantic model that is frozen and answers an unknown key with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _unknown_keys_are_errors(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict):
            return data
        unknown = [key for key in data if key not in cls.model_fields]
        if unknown:
            owner = info.context.name if isinstance(info.context, Owner) else ""
            faults = [
                unknown_key(str(key), data[key], cls.model_fields, owner=owner) for key in unknown
            ]
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return data
