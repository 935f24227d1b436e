"""The base of every declared setting: frozen, and no key passes unread."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from seqreason.errors import nearest


class Settings(BaseModel):
    """A pydantic model that is frozen and answers an unknown key with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _unknown_keys_are_errors(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        unknown = [key for key in data if key not in cls.model_fields]
        if unknown:
            raise ValidationError.from_exception_data(
                cls.__name__, [_unknown_key(str(key), data[key], cls) for key in unknown]
            )
        return data


def _unknown_key(key: str, value: object, model: type[Settings]) -> InitErrorDetails:
    told = f"unknown key{nearest(key, model.model_fields)}"
    return InitErrorDetails(
        type=PydanticCustomError("unknown_key", "{told}", {"told": told}), loc=(key,), input=value
    )
