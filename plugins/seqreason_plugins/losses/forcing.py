"""Forcing policies: how often training feeds the true symbols to the prediction stage."""

import math
from typing import Literal, final

from pydantic import Field

from seqreason import Forcing, LossContext, PluginConfig


@final
class Teacher(Forcing):
    """Always the true symbols: teacher forcing.

    Source: Williams & Zipser, "A learning algorithm for continually running fully recurrent
    neural networks", Neural Computation 1(2), 1989.
    """

    name = "teacher"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def forced_share(self, progress: float) -> float:
        """1 throughout."""
        return 1.0


@final
class FreeRunning(Forcing):
    """Never: prediction is fed the same in training as at inference."""

    name = "free-running"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        pass

    def forced_share(self, progress: float) -> float:
        """0 throughout."""
        return 0.0


@final
class Scheduled(Forcing):
    """First the true symbols, then ever more of the model's own: scheduled sampling.

    With p = min(progress / until, 1), the share is end + (start - end) f(p), where f is

        linear            1 - p
        exponential       e^(-5p), shifted and scaled to end at 0
        inverse-sigmoid   1 / (1 + e^(10p - 5)), shifted and scaled to begin at 1 and end at 0

    Worked example: linear from 1 to 0 until 0.5 forces half of all positions after a quarter of
    training, and none in its second half.

    Source: Bengio, Vinyals, Jaitly & Shazeer, "Scheduled sampling for sequence prediction with
    recurrent neural networks", NIPS 2015, section 2.4, arXiv:1506.03099.
    """

    name = "scheduled"

    class Config(PluginConfig):
        """Settings of scheduled sampling."""

        schedule: Literal["linear", "exponential", "inverse-sigmoid"] = Field(
            "linear", description="the curve by which the forced share falls"
        )
        start: float = Field(1.0, ge=0, le=1, description="forced share at the first step")
        end: float = Field(0.0, ge=0, le=1, description="forced share at the end of the fall")
        until: float = Field(
            1.0, gt=0, le=1, description="share of training after which it stays at end"
        )

    def __init__(self, config: Config, context: LossContext) -> None:
        self._config = config

    def forced_share(self, progress: float) -> float:
        """The share of positions that are forced, between *start* and *end*."""
        config = self._config
        done = min(progress / config.until, 1.0)
        fall = {"linear": _linear, "exponential": _exponential, "inverse-sigmoid": _sigmoid}
        left = fall[config.schedule](done)
        return config.end + (config.start - config.end) * left


def _linear(done: float) -> float:
    return 1 - done


def _exponential(done: float) -> float:
    return (math.exp(-5 * done) - math.exp(-5)) / (1 - math.exp(-5))


def _sigmoid(done: float) -> float:
    """The logistic function, written as the hyperbolic tangent that it is a shifted half of."""
    return 0.5 - 0.5 * math.tanh(5 * done - 2.5) / math.tanh(2.5)
