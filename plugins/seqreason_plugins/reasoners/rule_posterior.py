"""Exact reasoning: the posterior over everything that the generator could have meant."""

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

# Sequences × positions × hypotheses that are held at once: 64 MiB of float32.
_MOST_ELEMENTS: Final = 2**24
_SMALLEST: Final = 1e-12


@final
class RulePosterior(Reasoner):
    """Reads each frame by itself, then sums over all sequences that the generator can draw.

    With q_i(s) the distribution that the linear layer gives for frame i, mixed with *epsilon* parts
    of the even one, and hypotheses h of prior P(h) that show symbols h_1 … h_T and then h_(T+1):

        p(next = k | frames 1 … t)  ∝  Σ over h with h_(t+1) = k of  P(h) · Π over i ≤ t of q_i(h_i)

    the sum in log space, for every t at once. Hypotheses are those of the sequence's length.
    Everything is differentiable, so the answer's loss trains the encoder as well. Symbols that are
    forced are left unread: prediction always goes by what was seen.

    Worked example: A B C and A C E are the hypotheses, alike. Frame 1 is surely A, frame 2 is B
    with 0.8 and C with 0.2. Then the next symbol is C with 0.8 and E with 0.2.
    """

    name = "rule-posterior"

    class Config(PluginConfig):
        """Settings of the posterior."""

        epsilon: float = Field(
            0.001,
            ge=0,
            lt=1,
            description="share of each reading that is spread evenly, so that one misread frame "
            "rules nothing out",
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
        """Logits of what is shown, and log-probabilities of what comes next."""
        perceived = self.perception(features).float()
        # Sums of many small numbers, which half precision would lose.
        with torch.autocast(features.device.type, enabled=False):
            seen = self._readings(perceived)
            predicted = torch.zeros_like(seen)
            for length, places in _by_length(packing, features.device):
                posterior = self._posterior(seen[places], length)
                predicted = predicted.index_put((places,), posterior)
        return Reasoning(perceived, predicted)

    def _readings(self, logits: Tensor) -> Tensor:
        """log q, shape (frames, alphabet)."""
        even = self._epsilon / self.alphabet_size
        return (logits.softmax(dim=1) * (1 - self._epsilon) + even).clamp(min=_SMALLEST).log()

    def _posterior(self, seen: Tensor, length: int) -> Tensor:
        """Log-probabilities after every prefix of sequences of one length.

        Shapes:
            seen: (sequences, time, alphabet), log q
            returns: (sequences, time, alphabet)
        """
        symbols, log_priors = self._table(length, seen.device)
        at_once = max(1, _MOST_ELEMENTS // symbols.numel())
        parts = torch.split(seen, at_once)
        run: Callable[..., Tensor] = log_posterior
        if len(parts) > 1 and torch.is_grad_enabled():
            # What one part needs for its gradient is worked out again, rather than kept for all.
            run = _recomputed
        return torch.cat([run(part, symbols, log_priors) for part in parts])

    def _table(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """The hypotheses of *length* and the logarithms of their probabilities, on *device*."""
        if (length, device) not in self._tables:
            self._tables[length, device] = _on_device(self._hypotheses(length), device)
        return self._tables[length, device]


def log_posterior(seen: Tensor, symbols: Tensor, log_priors: Tensor) -> Tensor:
    """Log-probabilities of the next symbol after each prefix.

    Shapes:
        seen: (sequences, time, alphabet), log q
        symbols: (hypotheses, time + 1)
        log_priors: (hypotheses,)
        returns: (sequences, time, alphabet), exponentials of sum 1
    """
    shown, following = symbols[:, :-1].T, symbols[:, 1:].T
    index = shown.expand(len(seen), *shown.shape)
    evidence = seen.gather(2, index).cumsum(dim=1) + log_priors
    weights = (evidence - evidence.amax(dim=2, keepdim=True).detach()).exp()
    sums = torch.zeros_like(seen).scatter_add(2, following.expand_as(index), weights)
    shares = sums / sums.sum(dim=2, keepdim=True)
    return shares.clamp(min=_SMALLEST).log()


def _recomputed(seen: Tensor, symbols: Tensor, log_priors: Tensor) -> Tensor:
    recomputed: Tensor = checkpoint(
        log_posterior, seen, symbols, log_priors, use_reentrant=False, preserve_rng_state=False
    )
    return recomputed


def _on_device(hypotheses: Hypotheses, device: torch.device) -> tuple[Tensor, Tensor]:
    symbols = torch.from_numpy(hypotheses.symbols).to(device)
    return symbols, torch.from_numpy(hypotheses.probabilities).log().float().to(device)


def _by_length(packing: Packing, device: torch.device) -> Iterator[tuple[int, Tensor]]:
    """Each length with the places of its sequences' frames, shape (sequences, length)."""
    sizes, lengths = packing.sizes, packing.lengths
    starts = sizes.cumsum(dim=0) - sizes
    # A batch is sorted, so the sequences of one length stand together.
    for length in torch.unique(lengths).tolist():
        rows = (lengths == length).nonzero()
        yield length, (starts[:length] + rows).to(device)
