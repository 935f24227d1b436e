"""An encoder that keeps every law, and for each law at least one that breaks only it."""

import torch
from pydantic import Field
from torch import nn

import seqreason


class Fine(seqreason.Encoder):
    """One linear layer on the pixels."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    class Config(seqreason.PluginConfig):
        features: int = Field(3, ge=1, description="length of a frame's feature vector")

    def __init__(self, config, context):
        super().__init__()
        self.features = config.features
        self.linear = nn.Linear(context.height * context.width, config.features)

    def forward(self, frames):
        return self.linear(frames.flatten(start_dim=1))


class Unmakeable(Fine):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class Squeezes(Fine):
    breaks = "output-shape"

    def forward(self, frames):
        return super().forward(frames).squeeze()


class Compares(Fine):
    breaks = "frame-independence"

    def forward(self, frames):
        features = super().forward(frames)
        return features - features.mean(dim=0)


class Trembles(Fine):
    breaks = "evaluation-determinism"

    def forward(self, frames):
        features = super().forward(frames)
        return features + 1e-6 * torch.rand_like(features)


class Overwrites(Fine):
    breaks = "input-immutability"

    def forward(self, frames):
        return super().forward(frames.clamp_(max=0.5))


class Doubles(Fine):
    breaks = "output-dtype"

    def forward(self, frames):
        return super().forward(frames).double()


class DividesByInk(Fine):
    breaks = "output-finiteness"

    def forward(self, frames):
        return super().forward(frames) / frames.sum(dim=(2, 3))


class SeedsItself(Fine):
    breaks = "seeded-initialisation"

    def __init__(self, config, context):
        super().__init__(config, context)
        generator = torch.Generator()
        generator.seed()
        nn.init.normal_(self.linear.weight, generator=generator)


class HasSpareLayer(Fine):
    breaks = "gradient-coverage"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.spare = nn.Linear(2, 2)


class HoldsLambda(Fine):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.activation = lambda features: features.relu()

    def forward(self, frames):
        return self.activation(super().forward(frames))


class HidesState(Fine):
    breaks = "state-dict-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.shift = torch.rand(()).item()

    def forward(self, frames):
        return super().forward(frames) + self.shift


class StaysBehind(Fine):
    breaks = "device-placement"

    def forward(self, frames):
        return super().forward(frames) + torch.ones(self.features)


class AnswersFromElsewhere(Fine):
    breaks = "device-placement"

    def forward(self, frames):
        features = super().forward(frames)
        return torch.zeros(features.shape) if features.is_meta else features


class InsistsOnItsDtype(Fine):
    breaks = "autocast"

    def forward(self, frames):
        rows = torch.arange(len(frames), device=frames.device)
        filled = frames.new_zeros(len(frames), self.features)
        filled[rows] = super().forward(frames)
        return filled


class IgnoresSetting(Fine):
    breaks = "setting-effects"

    class Config(Fine.Config):
        depth: int = Field(2, ge=1, description="never read")


class ClaimsInert(Fine):
    breaks = "setting-effects"
    conformance = seqreason.Conformance(inert={"features": "not so"})


class NamesNoSetting(Fine):
    breaks = "setting-effects"
    conformance = seqreason.Conformance(inert={"feature": "misspelt"})


@seqreason.hookimpl
def seqreason_encoders():
    return [Fine, *Fine.__subclasses__()]
