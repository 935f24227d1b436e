"""Probes: reasoners that see only a part of the sequence.

A probe reads each frame with one linear layer and predicts from less than the whole sequence.
Its accuracy at the last position is what a model gets without reasoning. For a generator that
can enumerate what it draws, the best possible accuracy of each probe is known. It is the sum,
over every part that the probe can see, of max over answers of P(part, answer). A probe that does
better has a leak. `seqreason audit` prints two of these figures.
"""

from typing import final

import torch
from pydantic import Field
from torch import Tensor, nn

from seqreason import Conformance, Packing, PluginConfig, Reasoner, ReasonerContext, Reasoning
from seqreason_plugins.reasoners.handoff import Handoff, hand_off


class ProbeConfig(PluginConfig):
    """Settings of a probe whose prediction reads symbols."""

    hidden: int = Field(256, ge=1, description="units of both hidden layers of the prediction")
    handoff: Handoff = "hard"


@final
class LastSymbol(Reasoner):
    """Predicts at each position from that position's symbol alone, by a network.

    At the last position it sees the last symbol, but neither the earlier ones nor their number.
    Its best possible accuracy is the sum over symbols s of max over answers of
    P(last shown = s, answer), the audit's "seeing only the last symbol".

        perception_t = W x_t + b
        prediction_t = MLP(hand-off of perception_t, or the forced symbol)

    Shapes:
        features: (frames, features), float, in packed order
        forced: (frames,), int64
        returns: two times (frames, alphabet), logits
    """

    name = "last-symbol"
    conformance = Conformance(causal={})
    Config = ProbeConfig

    def __init__(self, config: ProbeConfig, context: ReasonerContext) -> None:
        super().__init__()
        size, self.handoff = context.alphabet_size, config.handoff
        self.perception = nn.Linear(context.features, size)
        self.prediction = _network(size, config.hidden, size)

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of what each frame shows, and of the symbol after it."""
        perceived = self.perception(features)
        symbols = hand_off(perceived, forced, handoff=self.handoff)
        return Reasoning(perceived, self.prediction(symbols))


@final
class Marginal(Reasoner):
    """Predicts the same everywhere: how often each symbol comes next, whatever is shown.

    It sees nothing, not even the length of a sequence. Its best possible accuracy is max over
    answers of P(answer), the audit's "seeing nothing". It ignores forced symbols.

    Shapes:
        features: (frames, features), float, in packed order
        returns: two times (frames, alphabet), logits
    """

    name = "marginal"
    conformance = Conformance(causal={})

    def __init__(self, config: PluginConfig, context: ReasonerContext) -> None:
        super().__init__()
        self.perception = nn.Linear(context.features, context.alphabet_size)
        self.prediction = nn.Parameter(torch.zeros(context.alphabet_size))

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of what each frame shows, and of the symbol after it."""
        perceived = self.perception(features)
        return Reasoning(perceived, self.prediction.expand(len(features), -1))


@final
class Shuffled(Reasoner):
    """Predicts at each position from the symbols up to it as a bag, by a network.

    It sees the number of symbols and the share of each, but not their order, as if the sequence
    were shuffled. Its best possible accuracy is the sum over bags of symbols of max over answers
    of P(bag shown, answer).

    Worked example: after A B it is fed 1/2 for A, 1/2 for B, and log 2; after B A the same.

    Shapes:
        features: (frames, features), float, in packed order
        forced: (frames,), int64
        returns: two times (frames, alphabet), logits
    """

    name = "shuffled"
    Config = ProbeConfig

    def __init__(self, config: ProbeConfig, context: ReasonerContext) -> None:
        super().__init__()
        size, self.handoff = context.alphabet_size, config.handoff
        self.perception = nn.Linear(context.features, size)
        self.prediction = _network(size + 1, config.hidden, size)

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of what each frame shows, and of the symbol after it."""
        perceived = self.perception(features)
        symbols = hand_off(perceived, forced, handoff=self.handoff)
        return Reasoning(perceived, self.prediction(bags(symbols, packing)))


def bags(symbols: Tensor, packing: Packing) -> Tensor:
    """The mean of the symbols up to each position, and the logarithm of their number.

    Shapes:
        symbols: (frames, alphabet)
        returns: (frames, alphabet + 1)
    """
    sums = packing.pad(symbols).cumsum(dim=1)
    counts = torch.arange(1, sums.shape[1] + 1, device=sums.device, dtype=sums.dtype)[:, None]
    logs = counts.log().expand(len(sums), -1, 1)
    return packing.unpad(torch.cat([sums / counts, logs], dim=2))


def _network(inputs: int, hidden: int, outputs: int) -> nn.Module:
    """Two hidden layers; with one, `shuffled` stays well below its best possible accuracy."""
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, outputs),
    )
