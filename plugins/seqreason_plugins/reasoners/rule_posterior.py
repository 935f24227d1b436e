"""Exact reasoning: the posterior over every sequence that the generator can draw."""

from collections.abc import Callable, Iterator
from typing import Final, final

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from seqreason import (
    Hypotheses,
    IncompatibleError,
    Packing,
    PluginConfig,
    Reasoner,
    ReasonerContext,
    Reasoning,
)

# Sequences × positions × hypotheses held at one time: 64 MiB of float32.
_MOST_ELEMENTS: Final = 2**24
_SMALLEST: Final = 1e-12


@final
class RulePosterior(Reasoner):
    """Reads each frame by itself, then sums over all sequences that the generator can draw.

    A linear layer and a softmax read frame i, and *epsilon* of the mass is spread evenly over the
    K symbols. Hypothesis h has the prior P(h); it shows h_1 … h_T and then h_(T+1):

        q_i(s) = (1 - epsilon) softmax(W x_i + b)_s + epsilon / K
        p(next = k | frames 1 … t)  ∝  Σ over h with h_(t+1) = k of  P(h) · Π over i ≤ t of q_i(h_i)

    The hypotheses are those of the sequence's length. The sum is Bayes' rule, in log space and
    for every t at once. It is differentiable, so the loss of the answer also trains the encoder.
    Forced symbols are ignored: prediction always follows from the frames.

    Worked example: the hypotheses are A B C and A C E, equally probable. Frame 1 is certainly A;
    frame 2 is B with 0.8 and C with 0.2. Then the next symbol is C with 0.8 and E with 0.2.

    Shapes:
        features: (frames, features), float, in packed order
        returns: (frames, alphabet), logits; then (frames, alphabet), log-probabilities
    """

    name = "rule-posterior"

    class Config(PluginConfig):
        """Settings of the posterior."""

        epsilon: float = Field(
            0.001,
            ge=0,
            lt=1,
            description="share of each reading that is spread evenly over the alphabet, so that "
            "one misread frame excludes no sequence",
        )

    def __init__(self, config: Config, context: ReasonerContext) -> None:
        super().__init__()
        if context.hypotheses is None:
            raise IncompatibleError("needs a generator that can enumerate what it draws")
        self._epsilon, self._hypotheses = config.epsilon, context.hypotheses
        self.alphabet_size = context.alphabet_size
        self.perception = nn.Linear(context.features, context.alphabet_size)
        self._tables: dict[tuple[int, torch.device], tuple[Tensor, Tensor]] = {}

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of what each frame shows, and log-probabilities of the symbol after it."""
        perceived = self.perception(features).float()
        # Half precision would lose the many small terms of these sums.
        with torch.autocast(features.device.type, enabled=False):
            readings = self._readings(perceived)
            predicted = torch.zeros_like(readings)
            for length, places in _by_length(packing, features.device):
                posterior = self._posterior(readings[places], length)
                predicted = predicted.index_put((places,), posterior)
        return Reasoning(perceived, predicted)

    def _readings(self, logits: Tensor) -> Tensor:
        """log q, shape (frames, alphabet)."""
        even = self._epsilon / self.alphabet_size
        return (logits.softmax(dim=1) * (1 - self._epsilon) + even).clamp(min=_SMALLEST).log()

    def _posterior(self, readings: Tensor, length: int) -> Tensor:
        """Log-probabilities after every prefix of sequences of one length.

        Shapes:
            readings: (sequences, time, alphabet), log q
            returns: (sequences, time, alphabet)
        """
        symbols, log_priors = self._table(length, readings.device)
        at_once = max(1, _MOST_ELEMENTS // symbols.numel())
        parts = torch.split(readings, at_once)
        run: Callable[..., Tensor] = log_posterior
        if len(parts) > 1 and torch.is_grad_enabled():
            # To save memory, each part is computed again for its gradient.
            run = _recomputed
        return torch.cat([run(part, symbols, log_priors) for part in parts])

    def _table(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """The hypotheses of *length* and their log-probabilities, on *device*."""
        if (length, device) not in self._tables:
            self._tables[length, device] = _on_device(self._hypotheses(length), device)
        return self._tables[length, device]


def log_posterior(readings: Tensor, symbols: Tensor, log_priors: Tensor) -> Tensor:
    """Log-probabilities of the next symbol after each prefix.

    Shapes:
        readings: (sequences, time, alphabet), log q
        symbols: (hypotheses, time + 1), int64
        log_priors: (hypotheses,)
        returns: (sequences, time, alphabet)
    """
    shown, following = symbols[:, :-1].T, symbols[:, 1:].T
    index = shown.expand(len(readings), *shown.shape)
    evidence = readings.gather(2, index).cumsum(dim=1) + log_priors
    weights = (evidence - evidence.amax(dim=2, keepdim=True).detach()).exp()
    sums = torch.zeros_like(readings).scatter_add(2, following.expand_as(index), weights)
    shares = sums / sums.sum(dim=2, keepdim=True)
    return shares.clamp(min=_SMALLEST).log()


def _recomputed(readings: Tensor, symbols: Tensor, log_priors: Tensor) -> Tensor:
    recomputed: Tensor = checkpoint(
        log_posterior, readings, symbols, log_priors, use_reentrant=False, preserve_rng_state=False
    )
    return recomputed


def _on_device(hypotheses: Hypotheses, device: torch.device) -> tuple[Tensor, Tensor]:
    symbols = torch.from_numpy(hypotheses.symbols).to(device)
    return symbols, torch.from_numpy(hypotheses.probabilities).log().float().to(device)


def _by_length(packing: Packing, device: torch.device) -> Iterator[tuple[int, Tensor]]:
    """Each length with the places of its sequences' frames, shape (sequences, length)."""
    sizes, lengths = packing.sizes, packing.lengths
    starts = sizes.cumsum(dim=0) - sizes
    # A batch is sorted by length, so the sequences of one length are neighbours.
    for length in torch.unique(lengths).tolist():
        rows = (lengths == length).nonzero()
        yield length, (starts[:length] + rows).to(device)
