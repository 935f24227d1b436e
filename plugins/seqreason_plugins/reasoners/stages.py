"""The two stages of a reasoner: what both are, and what one of them is otherwise."""

from typing import TypeVar

from seqreason import PluginConfig

Config = TypeVar("Config", bound=PluginConfig)


def of_stage(config: Config, stage: PluginConfig) -> Config:
    """The settings of one stage: its own where it has any, the reasoner's elsewhere."""
    return config.model_copy(update=stage.model_dump(exclude_none=True))
