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
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from seqreason.errors import UnknownNameError, nearest
from seqreason.interfaces import PluginConfig
from seqreason.registry import Registry
from seqreason.structures.settings import Owner

PLACE_OF_KIND: Final = "pluginKind"


@final
@dataclass(frozen=True)
class PluginChoice:
    """A chosen plug-in: its name and its settings, complete with defaults.

    Attributes:
        owner: what messages on the settings call the plug-in.
    """

    kind: str
    config: SerializeAsAny[PluginConfig]
    owner: Owner | None = field(default=None, compare=False, repr=False)

    def dump(self) -> dict[str, Any]:
        """As in a spec file, with every default written out."""
        return {"kind": self.kind, **self.config.model_dump(mode="json")}

    def changed(self, changes: Mapping[str, Any]) -> "PluginChoice":
        """The same plug-in with some settings changed.

        Raises:
            pydantic.ValidationError: a change is not one that its `Config` takes.
        """
        # Not a dump, which leaves out where files lie.
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
            serialization=core_schema.plain_serializer_function_ser_schema(PluginChoice.dump),
        )

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A placeholder: what may stand here is known with a registry, to `spec.schema`."""
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
            raise PydanticCustomError(
                "unknown_kind", "{message}", {"message": str(error)}
            ) from error
        # What is wrong in the settings is raised on by pydantic with this field's path before it.
        settings = {key: setting for key, setting in value.items() if key != "kind"}
        owner = Owner(str(found))
        config = found.plugin.Config.model_validate(settings, context=owner)
        return PluginChoice(found.name, config, owner)

    def _check_keys(self, value: dict[Any, Any], registry: Registry) -> None:
        """Without a kind, a key must be a setting of some plug-in of the kind, or is misspelt."""
        known = {"kind"}.union(
            *(found.plugin.Config.model_fields for found in registry.of_kind(self.plugin_kind))
        )
        faults = [
            InitErrorDetails(
                type=PydanticCustomError(
                    "unknown_key",
                    "{message}",
                    {"message": f"unknown key{nearest(str(key), known)}"},
                ),
                loc=(str(key),),
                input=setting,
            )
            for key, setting in value.items()
            if key not in known
        ]
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
