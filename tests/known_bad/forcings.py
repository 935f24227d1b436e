"""A forcing that keeps every law, and for each law at least one that breaks only it."""

from pydantic import Field

import seqreason


class FineForcing(seqreason.Forcing):
    """Falls from the start to 0."""

    name = "fine"
    breaks = None

    class Config(seqreason.PluginConfig):
        start: float = Field(1.0, ge=0, le=1, description="share at the first step")

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.start = config.start

    def forced_share(self, progress):
        return self.start * (1 - progress)


class UnmakeableForcing(FineForcing):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class FallsBelow(FineForcing):
    breaks = "share-range"

    def forced_share(self, progress):
        return self.start - 2 * progress


class GivesTruth(FineForcing):
    breaks = "share-range"

    def forced_share(self, progress):
        return progress < self.start


class Counts(FineForcing):
    breaks = "statelessness"

    calls = 0

    def forced_share(self, progress):
        self.calls += 1
        return super().forced_share(progress) if self.calls < 10 else 0.0


class UnpicklableForcing(FineForcing):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.fall = lambda progress: 1 - progress


class IdleEnd(FineForcing):
    breaks = "setting-effects"

    class Config(FineForcing.Config):
        end: float = Field(0.0, ge=0, le=1, description="never read")


@seqreason.hookimpl
def seqreason_forcings():
    return [FineForcing, *FineForcing.__subclasses__()]
