"""Labels, an objective and a forcing that keep every law, and for each law one that does not."""

from typing import Literal

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
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("size")


class SumToTwo(FineLabels):
    breaks = "gives-a-distribution-a-frame"

    def targets(self, symbols):
        return 2 * super().targets(symbols)


class OneShort(FineLabels):
    breaks = "gives-a-distribution-a-frame"

    def targets(self, symbols):
        return super().targets(symbols)[1:]


class OffByOne(FineLabels):
    breaks = "holds-the-truth-likeliest"

    def targets(self, symbols):
        return super().targets((symbols + 1) % self.size)


class SmoothOverTheBatch(FineLabels):
    breaks = "labels-each-frame-alone"

    def targets(self, symbols):
        targets = super().targets(symbols)
        return 0.75 * targets + 0.25 * targets.mean(dim=0) if len(symbols) else targets


class TremblingLabels(FineLabels):
    breaks = "is-deterministic"

    def targets(self, symbols):
        jitter = 1e-7 * torch.rand(len(symbols), self.size, device=symbols.device)
        return super().targets(symbols) + jitter


class OverwritesSymbols(FineLabels):
    breaks = "leaves-its-inputs-alone"

    def targets(self, symbols):
        targets = super().targets(symbols)
        symbols.add_(1).remainder_(self.size)
        return targets


class LabelsFromElsewhere(FineLabels):
    breaks = "follows-its-device"

    def targets(self, symbols):
        targets = super().targets(symbols)
        return torch.zeros(targets.shape) if targets.is_meta else targets


class UnpicklableLabels(FineLabels):
    breaks = "survives-pickling"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.scale = lambda targets: targets


class IdleSetting(FineLabels):
    breaks = "settings-are-honest"

    class Config(FineLabels.Config):
        sharpness: int = Field(2, ge=1, description="never read")


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
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("size")


class MeanAlready(FineObjective):
    breaks = "gives-a-loss-a-frame"

    def losses(self, logits, targets):
        return super().losses(logits, targets).mean()


class PrefersTheFlat(FineObjective):
    breaks = "is-least-at-the-target"

    def losses(self, logits, targets):
        return super().losses(logits, targets.flip(1))


class LogsProbabilities(FineObjective):
    breaks = "is-finite-everywhere"

    def losses(self, logits, targets):
        return -self.weight * (targets * logits.softmax(dim=1).log()).sum(dim=1)


class TeachesNothing(FineObjective):
    breaks = "teaches"

    def losses(self, logits, targets):
        return super().losses(logits.detach(), targets)


class MinusTheMean(FineObjective):
    breaks = "measures-each-frame-alone"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return losses + losses.mean() if len(losses) else losses


class TremblingObjective(FineObjective):
    breaks = "is-deterministic"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return losses + 1e-6 * torch.rand_like(losses)


class OverwritesTargets(FineObjective):
    breaks = "leaves-its-inputs-alone"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets.clone())
        targets.mul_(1 - 1e-7).clamp_(min=1e-9)
        return losses


class LossesFromElsewhere(FineObjective):
    breaks = "follows-its-device"

    def losses(self, logits, targets):
        losses = super().losses(logits, targets)
        return torch.zeros(losses.shape) if losses.is_meta else losses


class UnpicklableObjective(FineObjective):
    breaks = "survives-pickling"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.scale = lambda losses: losses


class IdleReduction(FineObjective):
    breaks = "settings-are-honest"

    class Config(FineObjective.Config):
        reduction: Literal["mean", "sum"] = Field("mean", description="never read")


class FineForcing(seqreason.Forcing):
    """Falls from the start to nothing."""

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
    breaks = "is-made-or-refuses"

    def __init__(self, config, context):
        raise KeyError("size")


class FallsBelow(FineForcing):
    breaks = "gives-a-share"

    def forced_share(self, progress):
        return self.start - 2 * progress


class GivesTruth(FineForcing):
    breaks = "gives-a-share"

    def forced_share(self, progress):
        return progress < self.start


class Counts(FineForcing):
    breaks = "forgets-what-it-was-asked"

    calls = 0

    def forced_share(self, progress):
        self.calls += 1
        return super().forced_share(progress) if self.calls < 10 else 0.0


class UnpicklableForcing(FineForcing):
    breaks = "survives-pickling"

    def __init__(self, config, context):
        super().__init__(config, context)
        self.fall = lambda progress: 1 - progress


class IdleEnd(FineForcing):
    breaks = "settings-are-honest"

    class Config(FineForcing.Config):
        end: float = Field(0.0, ge=0, le=1, description="never read")


@seqreason.hookimpl
def seqreason_labels():
    return [FineLabels, *FineLabels.__subclasses__()]


@seqreason.hookimpl
def seqreason_objectives():
    return [FineObjective, *FineObjective.__subclasses__()]


@seqreason.hookimpl
def seqreason_forcings():
    return [FineForcing, *FineForcing.__subclasses__()]
