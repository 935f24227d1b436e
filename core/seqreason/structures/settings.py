"""The base of every declared setting: frozen, and no key passes unread."""

from dataclasses import dataclass
from typing import Any, final

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from seqreason.errors import nearest


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
            owner = info.context if isinstance(info.context, Owner) else None
            raise ValidationError.from_exception_data(
                cls.__name__, [_unknown_key(str(key), data[key], cls, owner) for key in unknown]
            )
        return data


def _unknown_key(
    key: str, value: object, model: type[Settings], owner: Owner | None
) -> InitErrorDetails:
    message = f"unknown key{nearest(key, model.model_fields)}"
    if owner is not None and model.model_fields:
        message += f", the settings of {owner.name}"
    elif owner is not None:
        message = (
            f"unknown key: {owner.name} has no settings; leave it out, or declare it in a Config "
            "of that class"
        )
    return InitErrorDetails(
        type=PydanticCustomError("unknown_key", "{message}", {"message": message}),
        loc=(key,),
        input=value,
    )
