"""An objective that keeps every law, and for each law at least one that breaks only it."""

from typing import Literal

import torch
from pydantic import Field

import seqreason


class FineObjective(seqreason.Objective):
    """Cross-entropy, weighted."""

    name = "fine"
    breaks = None

    class Config(seqreason.PluginConfig):
        weight: float = Field(1.0, gt=0, description="what each loss is multiplied by")

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.weight = config.weight

    def losses(self, logits, targets):
        return -self.weight * (targets * logits.log_softmax(dim=1)).sum(dim=1)


class UnmakeableObjective(FineObjective):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class MeanAlready(FineObjective):
    breaks = "output-shape"

    def losses(self, logits, targets):
        return super().losses(logits, targets).mean()


class PrefersTheFlat(FineObjective):
    breaks = "target-minimum"

    def losses(self, logits, targets):
        return super().losses(logits, targets.flip(1))


class Cools(FineObjective):
    breaks = "target-minimum"

    def losses(self, logits, targets):
        return super().losses(logits / 1.25, targets)


class WatchesTheLikeliest(FineObjective):
    breaks = "symbol-sensitivity"

    def losses(self, logits, targets):
        place = targets.argmax(dim=1, keepdim=True)
        off = (logits.softmax(dim=1) - targets).gather(1, place).squeeze(1)
        return self.weight * off.square()


class LogsProbabilities(FineObjective):
    breaks = "output-finiteness"

    def losses(self, logits, targets):
        return -self.weight * (targets * logits.softmax(dim=1).log()).sum(dim=1)


class LogsTargets(FineObjective):
    breaks = "output-finiteness"

    def losses(self, logits, targets):
        entropies = (targets * targets.log()).sum(dim=1)
        return super().losses(logits, targets) + self.weight * entropies


class TeachesNothing(FineObjective):
    breaks = "gradient-flow"

    def losses(self, logits, targets):
        return super().losses(logits.detach(), targets)


class MinusTheMean(FineObjective):
    breaks = "frame-independence"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return losses + losses.mean() if len(losses) else losses


class TremblingObjective(FineObjective):
    breaks = "determinism"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return losses + 1e-6 * torch.rand_like(losses)


class OverwritesTargets(FineObjective):
    breaks = "input-immutability"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets.clone())
        targets.mul_(1 - 1e-7).clamp_(min=1e-9)
        return losses


class LossesFromElsewhere(FineObjective):
    breaks = "device-placement"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return torch.zeros(losses.shape) if losses.is_meta else losses


class UnpicklableObjective(FineObjective):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.scale = lambda losses: losses


class IdleReduction(FineObjective):
    breaks = "setting-effects"

    class Config(FineObjective.Config):
        reduction: Literal["mean", "sum"] = Field("mean", description="never read")


@seqreason.hookimpl
def seqreason_objectives():
    return [FineObjective, *FineObjective.__subclasses__()]
