"""The settings of one stage of a reasoner, where the two stages may differ."""

from typing import TypeVar

from seqreason import PluginConfig

Config = TypeVar("Config", bound=PluginConfig)


def of_stage(config: Config, stage: PluginConfig) -> Config:
    """The settings of one stage: its own where they are set, otherwise the reasoner's."""
    return config.model_copy(update=stage.model_dump(exclude_none=True))
