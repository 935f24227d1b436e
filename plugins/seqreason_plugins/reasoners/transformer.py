"""Two transformers in the places of the report's recurrent networks."""

from typing import Self, final

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from seqreason import Conformance, Packing, PluginConfig, Reasoner, ReasonerContext, Reasoning
from seqreason_plugins.reasoners.handoff import Handoff, hand_off
from seqreason_plugins.reasoners.stages import of_stage


class StageConfig(PluginConfig):
    """What one stage has otherwise than the reasoner as a whole; null: the same."""

    width: int | None = Field(None, ge=1, description="numbers that stand for a frame")
    heads: int | None = Field(None, ge=1, description="attention heads; they must divide width")
    layers: int | None = Field(None, ge=1, description="stacked layers")
    feedforward: int | None = Field(None, ge=1, description="hidden units of each layer")
    dropout: float | None = Field(None, ge=0, lt=1, description="dropout inside each layer")
    causal: bool | None = Field(None, description="whether no frame sees those after it")


@final
class Transformer(Reasoner):
    """Perception and prediction, each a transformer encoder and a linear layer.

    As in `recurrent`, the *perception* stage reads features and says what each frame shows; the
    *prediction* stage reads symbols, forced or handed off, and says what comes after each. A
    stage is a linear layer, to which sinusoidal positions are added, then layers of attention
    that norm first (Xiong et al., "On layer normalization in the transformer architecture",
    ICML 2020), a last norm and a linear layer. No position has weights of its own, so sequences of
    any length are taken, also of one that was never trained on.

    A prediction stage that is not causal sees, at every position but the last, the very symbol
    that it is asked for. Only its accuracy at the last position says anything.
    """

    name = "transformer"
    conformance = Conformance(
        causal={"causal": True, "perception": {"causal": True}, "prediction": {"causal": True}}
    )

    class Config(PluginConfig):
        """Settings of both stages."""

        width: int = Field(256, ge=1, description="numbers that stand for a frame")
        heads: int = Field(4, ge=1, description="attention heads; they must divide width")
        layers: int = Field(2, ge=1, description="stacked layers")
        feedforward: int = Field(512, ge=1, description="hidden units of each layer")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout inside each layer")
        causal: bool = Field(False, description="whether no frame sees those after it")
        handoff: Handoff = "hard"
        perception: StageConfig = Field(
            StageConfig(), description="what the perception stage has otherwise"
        )
        prediction: StageConfig = Field(
            StageConfig(), description="what the prediction stage has otherwise"
        )

        @model_validator(mode="after")
        def _heads_divide_the_width(self) -> Self:
            for stage, own in (("perception", self.perception), ("prediction", self.prediction)):
                config = of_stage(self, own)
                if config.width % config.heads:
                    raise ValueError(
                        f"heads must divide width, but the {stage} stage has {config.heads} heads "
                        f"and a width of {config.width}"
                    )
            return self

    def __init__(self, config: Config, context: ReasonerContext) -> None:
        super().__init__()
        self.handoff, size = config.handoff, context.alphabet_size
        self.perception = _Stage(context.features, size, of_stage(config, config.perception))
        self.prediction = _Stage(size, size, of_stage(config, config.prediction))

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of both stages, each of shape (frames, alphabet)."""
        perceived = self.perception(features, packing)
        symbols = hand_off(perceived, forced, handoff=self.handoff)
        return Reasoning(perceived, self.prediction(symbols, packing))


def sinusoids(time: int, width: int, *, device: torch.device | None = None) -> Tensor:
    """What is added to each position's vector, shape (time, width), in -1 … 1.

    Column 2i is sin(position / 10000^(2i / width)), column 2i + 1 the cosine of the same (Vaswani
    et al., "Attention is all you need", NeurIPS 2017, section 3.5).
    """
    exponents = torch.arange(0, width, 2, device=device) / width
    angles = torch.arange(time, device=device)[:, None] / 10_000.0**exponents
    # An odd width has a sine more than cosines.
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(start_dim=1)[:, :width]


@final
class _Stage(nn.Module):
    """A transformer encoder over whole sequences, then a linear layer to logits."""

    def __init__(self, inputs: int, outputs: int, config: Transformer.Config) -> None:
        super().__init__()
        self.causal = config.causal
        self.embedding = nn.Linear(inputs, config.width)
        # Not torch's TransformerEncoder, whose layers are copies that begin with the same weights.
        self.layers = nn.ModuleList(_layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.linear = nn.Linear(config.width, outputs)

    def forward(self, rows: Tensor, packing: Packing) -> Tensor:
        states = packing.pad(self.embedding(rows))
        time, width = states.shape[1:]
        states = states + sinusoids(time, width, device=states.device)
        is_padding = packing.pad(rows.new_zeros(len(rows), dtype=torch.bool), value=True)
        is_ahead = rows.new_ones(time, time, dtype=torch.bool).triu(1) if self.causal else None
        for layer in self.layers:
            states = layer(
                states, src_mask=is_ahead, src_key_padding_mask=is_padding, is_causal=self.causal
            )
        logits: Tensor = self.linear(self.norm(packing.unpad(states)))
        return logits


def _layer(config: Transformer.Config) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        config.width,
        config.heads,
        dim_feedforward=config.feedforward,
        dropout=config.dropout,
        norm_first=True,
        batch_first=True,
    )
