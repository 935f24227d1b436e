"""An encoder that keeps every law, and for each law one that breaks it and nothing else."""

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
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("size")


class Squeezes(Fine):
    breaks = "gives-a-row-a-frame"

    def forward(self, frames):
        return super().forward(frames).squeeze()


class Compares(Fine):
    breaks = "sees-each-frame-alone"

    def forward(self, frames):
        features = super().forward(frames)
        return features - features.mean(dim=0)


class Trembles(Fine):
    breaks = "is-deterministic-when-evaluated"

    def forward(self, frames):
        features = super().forward(frames)
        return features + 1e-6 * torch.rand_like(features)


class Overwrites(Fine):
    breaks = "leaves-its-inputs-alone"

    def forward(self, frames):
        return super().forward(frames.clamp_(max=0.5))


class Doubles(Fine):
    breaks = "stays-in-single-precision"

    def forward(self, frames):
        return super().forward(frames).double()


class DividesByInk(Fine):
    breaks = "stays-finite"

    def forward(self, frames):
        return super().forward(frames) / frames.sum(dim=(2, 3))


class SeedsItself(Fine):
    breaks = "begins-alike-from-one-seed"

    def __init__(self, config, context):
        super().__init__(config, context)
        generator = torch.Generator()
        generator.seed()
        nn.init.normal_(self.linear.weight, generator=generator)


class HasSpareLayer(Fine):
    breaks = "learns-in-every-parameter"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.spare = nn.Linear(2, 2)


class HoldsLambda(Fine):
    breaks = "survives-pickling"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.activation = lambda features: features.relu()

    def forward(self, frames):
        return self.activation(super().forward(frames))


class HidesState(Fine):
    breaks = "is-all-in-its-state-dict"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.shift = torch.rand(()).item()

    def forward(self, frames):
        return super().forward(frames) + self.shift


class StaysBehind(Fine):
    breaks = "follows-its-device"

    def forward(self, frames):
        return super().forward(frames) + torch.ones(self.features)


class AnswersFromElsewhere(Fine):
    breaks = "follows-its-device"

    def forward(self, frames):
        features = super().forward(frames)
        return torch.zeros(features.shape) if features.is_meta else features


class InsistsOnItsDtype(Fine):
    breaks = "runs-under-autocast"

    def forward(self, frames):
        rows = torch.arange(len(frames), device=frames.device)
        filled = frames.new_zeros(len(frames), self.features)
        filled[rows] = super().forward(frames)
        return filled


class IgnoresSetting(Fine):
    breaks = "settings-are-honest"

    class Config(Fine.Config):
        depth: int = Field(2, ge=1, description="never read")


class ClaimsInert(Fine):
    breaks = "settings-are-honest"
    conformance = seqreason.Conformance(inert={"features": "not so"})


class NamesNoSetting(Fine):
    breaks = "settings-are-honest"
    conformance = seqreason.Conformance(inert={"feature": "misspelt"})


@seqreason.hookimpl
def seqreason_encoders():
    return [Fine, *Fine.__subclasses__()]
