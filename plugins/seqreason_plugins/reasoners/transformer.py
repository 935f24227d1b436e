"""Two transformers in place of the report's recurrent networks."""

from typing import Self, final

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from seqreason import Conformance, Packing, PluginConfig, Reasoner, ReasonerContext, Reasoning
from seqreason_plugins.reasoners.handoff import Handoff, hand_off
from seqreason_plugins.reasoners.stages import of_stage


class StageConfig(PluginConfig):
    """Settings of one stage that differ from those of the reasoner; null: the same."""

    width: int | None = Field(None, ge=1, description="length of the vector of each frame")
    heads: int | None = Field(None, ge=1, description="attention heads; they must divide width")
    layers: int | None = Field(None, ge=1, description="stacked layers")
    feedforward: int | None = Field(None, ge=1, description="hidden units of each layer")
    dropout: float | None = Field(None, ge=0, lt=1, description="dropout rate inside each layer")
    causal: bool | None = Field(None, description="whether a frame sees no later frame")


@final
class Transformer(Reasoner):
    """Perception and prediction, each a transformer encoder and a linear layer.

    As in `recurrent`, the *perception* stage reads features and classifies each frame. The
    *prediction* stage reads symbols, forced or handed off, and predicts the symbol after each.
    With x the inputs of a stage and p the `sinusoids`, a stage computes

        h_0 = E x + p
        a_l = h_(l-1) + Attention(LayerNorm(h_(l-1)))       layers l = 1 … L
        h_l = a_l + W_2 ReLU(W_1 LayerNorm(a_l))
        logits = V LayerNorm(h_L) + c

    No position has weights of its own, so a trained model takes sequences of any length.

    Without causal, a prediction stage that is fed true symbols reads the symbol that it has to
    predict, at every position but the last. Report its accuracy at the last position.

    Source: Vaswani et al., "Attention is all you need", NeurIPS 2017, arXiv:1706.03762, with the
    norm first as in Xiong et al., "On layer normalization in the transformer architecture",
    ICML 2020, arXiv:2002.04745.

    Shapes:
        features: (frames, features), float, in packed order
        forced: (frames,), int64
        returns: two times (frames, alphabet), logits
    """

    name = "transformer"
    conformance = Conformance(
        causal={"causal": True, "perception": {"causal": True}, "prediction": {"causal": True}}
    )

    class Config(PluginConfig):
        """Settings of both stages."""

        width: int = Field(256, ge=1, description="length of the vector of each frame")
        heads: int = Field(4, ge=1, description="attention heads; they must divide width")
        layers: int = Field(2, ge=1, description="stacked layers")
        feedforward: int = Field(512, ge=1, description="hidden units of each layer")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout rate inside each layer")
        causal: bool = Field(False, description="whether a frame sees no later frame")
        handoff: Handoff = "hard"
        perception: StageConfig = Field(
            StageConfig(), description="settings of the perception stage that differ"
        )
        prediction: StageConfig = Field(
            StageConfig(), description="settings of the prediction stage that differ"
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
        """Logits of what each frame shows, and of the symbol after it."""
        perceived = self.perception(features, packing)
        symbols = hand_off(perceived, forced, handoff=self.handoff)
        return Reasoning(perceived, self.prediction(symbols, packing))


def sinusoids(time: int, width: int, *, device: torch.device | None = None) -> Tensor:
    """The encoding that is added to each position's vector, in -1 … 1.

    Column 2i is sin(position / 10000^(2i / width)), and column 2i + 1 is the cosine of the same
    angle (Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.5).

    Shapes:
        returns: (time, width), float32
    """
    exponents = torch.arange(0, width, 2, device=device) / width
    angles = torch.arange(time, device=device)[:, None] / 10_000.0**exponents
    # An odd width has one sine more than cosines.
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(start_dim=1)[:, :width]


@final
class _Stage(nn.Module):
    """A transformer encoder over whole sequences, then a linear layer to logits.

    Shapes:
        rows: (frames, inputs), in packed order
        returns: (frames, outputs)
    """

    def __init__(self, inputs: int, outputs: int, config: Transformer.Config) -> None:
        super().__init__()
        self.causal = config.causal
        self.embedding = nn.Linear(inputs, config.width)
        # Not torch's TransformerEncoder: its layers are copies with the same initial weights.
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
