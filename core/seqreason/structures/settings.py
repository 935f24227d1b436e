"""The base of every declared setting: frozen, and no key passes unread."""

from dataclasses import dataclass
from typing import Any, Final, final

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic_core import ValidationError

from seqreason.structures.setting_errors import unknown_key


@final
@dataclass(frozen=True)
class Owner:
    """Whose settings are validated, for messages; given as pydantic's validation context."""

    name: str


# The serialization context that gives the canonical form of settings, which digests are made of.
CANONICAL: Final = "canonical"


@final
@dataclass(frozen=True)
class Since:
    """Marks a setting that a later version added: `Annotated[int, Since("0.3.0")] = Field(0)`.

    The canonical form leaves the setting out while it equals its default. So a spec that does not
    use it keeps the digest that it had before, and its cells are found. The default must therefore
    mean what earlier versions did, and it must never change. A setting without this mark is always
    written. *version* is that of the distribution which declares the setting.
    """

    version: str


class Settings(BaseModel):
    """A pydantic model that is frozen and answers an unknown key with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _unknown_keys_are_errors(cls, data: Any, info: ValidationInfo) -> Any:
        known = cls.model_fields
        unknown = [key for key in data if key not in known] if isinstance(data, dict) else []
        if unknown:
            owner = info.context.name if isinstance(info.context, Owner) else ""
            faults = [unknown_key(str(key), data[key], known, owner=owner) for key in unknown]
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return data

    @model_serializer(mode="wrap")
    def _later_defaults_are_not_canonical(
        self, write: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if info.context == CANONICAL:
            for name, field in type(self).model_fields.items():
                default = field.get_default(call_default_factory=True, validated_data={})
                is_later = any(isinstance(mark, Since) for mark in field.metadata)
                if is_later and getattr(self, name) == default:
                    written.pop(name, None)
        return written
