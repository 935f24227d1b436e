"""A reasoner that keeps every law, and for each law at least one that breaks only it."""

import torch
from pydantic import Field
from torch import nn
from torch.nn.functional import one_hot

import seqreason
from seqreason import Reasoning


class Fine(seqreason.Reasoner):
    """A linear layer that reads each frame, and two that predict the next symbol."""

    name = "fine"
    breaks = None

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    conformance = seqreason.Conformance(causal={})

    class Config(seqreason.PluginConfig):
        hidden: int = Field(3, ge=1, description="units between symbol and next symbol")

    def __init__(self, config, context):
        super().__init__()
        self.size = context.alphabet_size
        self.read = nn.Linear(context.features, self.size)
        self.predict = nn.Sequential(
            nn.Linear(self.size, config.hidden), nn.Linear(config.hidden, self.size)
        )

    def forward(self, features, packing, forced):
        perception = self.read(features)
        symbols = perception.argmax(dim=1)
        if forced is not None:
            symbols = forced.where(forced >= 0, symbols)
        return Reasoning(perception, self.predict(one_hot(symbols, self.size).float()))


class Unmakeable(Fine):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class KnowsOneAlphabet(Fine):
    breaks = "output-shape"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.predict = nn.Linear(self.size, 26)


class ReturnsOneTensor(Fine):
    breaks = "output-shape"

    def forward(self, features, packing, forced):
        return super().forward(features, packing, forced).prediction


class MixesSequences(Fine):
    breaks = "sequence-independence"
    conformance = seqreason.Conformance()

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception, prediction + features.mean())


class CountsPlaces(Fine):
    breaks = "order-equivariance"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        places = torch.cat([torch.arange(size) for size in packing.sizes.tolist()])
        return Reasoning(perception, prediction + places.to(perception.device)[:, None])


class SeesTheFuture(Fine):
    breaks = "causality"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        future = packing.unpad(packing.pad(features).flip(1).cumsum(dim=1).flip(1))
        return Reasoning(perception, prediction + future.sum(dim=1, keepdim=True))


class LeaksTheTruth(Fine):
    breaks = "perception-isolation"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        if forced is not None:
            perception = (
                perception + one_hot(forced.clamp(min=0), self.size) * (forced >= 0)[:, None]
            )
        return Reasoning(perception, prediction)


class NoticesEmptyForcing(Fine):
    breaks = "empty-forcing"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception, prediction if forced is None else prediction * 2)


class Trembles(Fine):
    breaks = "evaluation-determinism"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception, prediction + 1e-6 * torch.rand_like(prediction))


class Overwrites(Fine):
    breaks = "input-immutability"

    def forward(self, features, packing, forced):
        return super().forward(features.clamp_(max=0.01), packing, forced)


class Doubles(Fine):
    breaks = "output-dtype"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception.double(), prediction)


class DividesByLength(Fine):
    breaks = "output-finiteness"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception / features.norm(dim=1, keepdim=True), prediction)


class SeedsItself(Fine):
    breaks = "seeded-initialisation"

    def __init__(self, config, context):
        super().__init__(config, context)
        generator = torch.Generator()
        generator.seed()
        nn.init.normal_(self.read.weight, generator=generator)


class DetachesPerception(Fine):
    breaks = "gradient-coverage"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception.detach(), prediction)


class LearnsNothing(Fine):
    breaks = "gradient-coverage"

    @torch.no_grad()
    def forward(self, features, packing, forced):
        return super().forward(features, packing, forced)


class HoldsLambda(Fine):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.activation = lambda logits: logits.relu()


class HidesState(Fine):
    breaks = "state-dict-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.shift = torch.rand(()).item()

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception + self.shift, prediction)


class StaysBehind(Fine):
    breaks = "device-placement"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        return Reasoning(perception, prediction + torch.ones(self.size))


class StaysBehindInTraining(Fine):
    breaks = "device-placement"

    def forward(self, features, packing, forced):
        if forced is not None:
            forced = torch.full(forced.shape, -1).where(forced < 0, forced)
        return super().forward(features, packing, forced)


class InsistsOnItsDtype(Fine):
    breaks = "autocast"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        rows = torch.arange(len(perception), device=perception.device)
        filled = features.new_zeros(perception.shape)
        filled[rows] = perception
        return Reasoning(filled, prediction)


class InsistsOnItsDtypeInTraining(Fine):
    breaks = "autocast"

    def forward(self, features, packing, forced):
        perception, prediction = super().forward(features, packing, forced)
        if forced is not None:
            rows = torch.arange(len(perception), device=perception.device)
            filled = features.new_zeros(perception.shape)
            filled[rows] = perception
            perception = filled
        return Reasoning(perception, prediction)


class IgnoresSetting(Fine):
    breaks = "setting-effects"

    class Config(Fine.Config):
        depth: int = Field(2, ge=1, description="never read")


@seqreason.hookimpl
def seqreason_reasoners():
    return [Fine, *Fine.__subclasses__()]
