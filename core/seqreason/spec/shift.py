"""Shifted tests: how the examples of one differ from those that a model was trained on."""

from typing import Annotated, Any, final

from pydantic import BaseModel, ConfigDict, Field

from seqreason.spec.choice import OfKind, PluginChoice


@final
class Shift(BaseModel):
    """One shifted test: settings of the generator, and another source if wanted.

    `{lengths: [9, 12]}` and `{rotation_degrees: 30, source: {kind: image-folder, path: mine}}` are
    shifts. The keys beside `source` are the generator's own, and are checked as such.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    source: Annotated[PluginChoice, OfKind("source")] | None = Field(
        None, description="where the test glyphs come from instead; null: the same source"
    )

    @property
    def changes(self) -> dict[str, Any]:
        """The generator's settings that differ."""
        return dict(self.model_extra or {})
