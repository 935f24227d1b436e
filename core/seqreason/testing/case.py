"""A case: the input of one trial of a law, small enough to print."""

from typing import Any

from pydantic import Field

from seqreason.structures.settings import Settings


class Case(Settings):
    """The base of every kind's case. Each field is a plain value, so a file can hold it."""

    settings: dict[str, Any] = Field(
        default_factory=dict, description="the plug-in's settings, as in a spec"
    )
    seed: int = Field(0, ge=0, description="seed of the weights and inputs")

    @property
    def context(self) -> Any:
        """The context that the plug-in is made with; None where the laws themselves make it."""
        return None
