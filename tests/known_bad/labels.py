"""Labels that keep every law, and for each law some that break only it."""

import torch
from pydantic import Field
from torch.nn.functional import one_hot

import seqreason


class FineLabels(seqreason.Labels):
    """Most mass on the truth."""

    name = "fine"
    breaks = None

    class Config(seqreason.PluginConfig):
        truth: float = Field(0.75, ge=0.5, le=1, description="share of the true symbol")

    def __init_subclass__(cls):
        cls.name = cls.__name__.lower()

    def __init__(self, config, context):
        self.truth, self.size = config.truth, context.alphabet_size

    def targets(self, symbols):
        hard = one_hot(symbols, self.size).float()
        return self.truth * hard + (1 - self.truth) / self.size


class UnmakeableLabels(FineLabels):
    breaks = "construction"

    def __init__(self, config, context):
        raise KeyError("size")


class SumToTwo(FineLabels):
    breaks = "target-distribution"

    def targets(self, symbols):
        return 2 * super().targets(symbols)


class OneShort(FineLabels):
    breaks = "target-distribution"

    def targets(self, symbols):
        return super().targets(symbols)[1:]


class OffByOne(FineLabels):
    breaks = "truth-dominance"

    def targets(self, symbols):
        return super().targets((symbols + 1) % self.size)


class ForgetsTheLast(FineLabels):
    breaks = "target-distribution"

    def targets(self, symbols):
        return super().targets(symbols) * (symbols < self.size - 1)[:, None]


class SmoothOverTheBatch(FineLabels):
    breaks = "frame-independence"

    def targets(self, symbols):
        targets = super().targets(symbols)
        return 0.75 * targets + 0.25 * targets.mean(dim=0) if len(symbols) else targets


class TremblingLabels(FineLabels):
    breaks = "determinism"

    def targets(self, symbols):
        jitter = 1e-7 * torch.rand(len(symbols), self.size, device=symbols.device)
        return super().targets(symbols) + jitter


class OverwritesSymbols(FineLabels):
    breaks = "input-immutability"

    def targets(self, symbols):
        targets = super().targets(symbols)
        symbols.add_(1).remainder_(self.size)
        return targets


class LabelsFromElsewhere(FineLabels):
    breaks = "device-placement"

    def targets(self, symbols):
        targets = super().targets(symbols)
        return torch.zeros(targets.shape) if targets.is_meta else targets


class UnpicklableLabels(FineLabels):
    breaks = "pickle-roundtrip"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.scale = lambda targets: targets


class IdleSetting(FineLabels):
    breaks = "setting-effects"

    class Config(FineLabels.Config):
        sharpness: int = Field(2, ge=1, description="never read")


@seqreason.hookimpl
def seqreason_labels():
    return [FineLabels, *FineLabels.__subclasses__()]
