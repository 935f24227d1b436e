"""The place of a plug-in in a spec: `kind` chooses it, the keys beside it are its `Config`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final, get_args

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from seqreason.errors import UnknownNameError
from seqreason.interfaces import PluginConfig
from seqreason.registry import Registry
from seqreason.structures.setting_errors import unknown_key
from seqreason.structures.settings import Owner

PLACE_OF_KIND: Final = "pluginKind"


@final
@dataclass(frozen=True)
class PluginChoice:
    """A chosen plug-in: its name and its settings, complete with defaults.

    Attributes:
        owner: the plug-in's name in messages about its settings.
    """

    kind: str
    config: SerializeAsAny[PluginConfig]
    owner: Owner | None = field(default=None, compare=False, repr=False)

    def dump(self, context: Any = None) -> dict[str, Any]:
        """As in a spec file, with every default written out; *context* is the serialization's."""
        return {"kind": self.kind, **self.config.model_dump(mode="json", context=context)}

    def changed(self, changes: Mapping[str, Any]) -> "PluginChoice":
        """The same plug-in with some settings changed.

        Raises:
            pydantic.ValidationError: a change is not one that its `Config` takes.
        """
        # Not a dump, which leaves out the paths of files.
        settings = dict(self.config) | dict(changes)
        config = type(self.config).model_validate(settings, context=self.owner)
        return PluginChoice(self.kind, config, self.owner)


@final
@dataclass(frozen=True)
class OfKind:
    """Marks a field that holds a `PluginChoice` of one kind: `Annotated[…, OfKind("encoder")]`.

    Validation needs the `Registry` as pydantic's validation context.
    """

    plugin_kind: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self._choose,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda choice, info: choice.dump(info.context), info_arg=True
            ),
        )

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A placeholder, which `spec.schema` replaces by the plug-ins of a registry."""
        return {PLACE_OF_KIND: self.plugin_kind}

    def _choose(self, value: Any, info: ValidationInfo) -> PluginChoice:
        if isinstance(value, PluginChoice):
            return value
        registry = info.context
        assert isinstance(registry, Registry)
        if isinstance(value, dict) and "kind" not in value:
            self._check_keys(value, registry)
        if not (isinstance(value, dict) and isinstance(value.get("kind"), str)):
            known = ", ".join(found.name for found in registry.of_kind(self.plugin_kind))
            message = f"expected a mapping {{kind: NAME, …}}, where NAME is one of {known}"
            raise PydanticCustomError("no_kind", "{message}", {"message": message})
        try:
            found = registry.find(self.plugin_kind, value["kind"])
        except UnknownNameError as error:
            shown = {"message": str(error)}
            raise PydanticCustomError("unknown_kind", "{message}", shown) from error
        # Pydantic puts this field's path before the path of a fault in the settings.
        settings = {key: setting for key, setting in value.items() if key != "kind"}
        owner = Owner(str(found))
        config = found.plugin.Config.model_validate(settings, context=owner)
        return PluginChoice(found.name, config, owner)

    def _check_keys(self, value: dict[Any, Any], registry: Registry) -> None:
        """Without `kind`, each key must be a setting of some plug-in; others are misspelt."""
        known = {"kind"}.union(
            *(found.plugin.Config.model_fields for found in registry.of_kind(self.plugin_kind))
        )
        faults = [unknown_key(str(key), value[key], known) for key in value if key not in known]
        if faults:
            raise ValidationError.from_exception_data(self.plugin_kind, faults)


def chosen_plugins(model: BaseModel) -> Iterator[tuple[str, PluginChoice]]:
    """Every plug-in that *model* chooses in a field `OfKind`, at any depth, with its kind."""
    for name, field_info in type(model).model_fields.items():
        marks = [*field_info.metadata, *_annotations(field_info.annotation)]
        kinds = [mark.plugin_kind for mark in marks if isinstance(mark, OfKind)]
        value = getattr(model, name)
        for part in value.values() if isinstance(value, Mapping) else (value,):
            if isinstance(part, PluginChoice):
                yield kinds[0], part
            elif isinstance(part, BaseModel):
                yield from chosen_plugins(part)


def _annotations(annotation: Any) -> Iterator[Any]:
    """What a type is made of and annotated with, at any depth."""
    for part in get_args(annotation):
        yield part
        yield from _annotations(part)
