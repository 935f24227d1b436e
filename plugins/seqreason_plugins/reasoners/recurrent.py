"""The report's reasoner: one recurrent stage that sees, and one that continues what was seen."""

from typing import Literal, final

from pydantic import Field
from torch import Tensor, nn

from seqreason import Conformance, Packing, PluginConfig, Reasoner, ReasonerContext, Reasoning
from seqreason_plugins.reasoners.handoff import Handoff, hand_off
from seqreason_plugins.reasoners.stages import of_stage

Cell = Literal["gru", "lstm"]


class StageConfig(PluginConfig):
    """What one stage has otherwise than the reasoner as a whole; null: the same."""

    cell: Cell | None = Field(None, description="gru or lstm")
    hidden: int | None = Field(None, ge=1, description="units of each direction and layer")
    layers: int | None = Field(None, ge=1, description="stacked recurrent layers")
    bidirectional: bool | None = Field(None, description="read forwards and backwards")
    dropout: float | None = Field(None, ge=0, lt=1, description="dropout between layers")


@final
class Recurrent(Reasoner):
    """Perception and prediction, each a recurrent network (GRU or LSTM) and a linear layer.

    The *perception* stage (the report's GRU1) reads features and says what each frame shows.
    The *prediction* stage (GRU2) reads symbols and says what comes after each: in training
    those that are forced on it, otherwise what the perception stage hands off.

    A bidirectional prediction stage sees, at every position but the last, the very symbol that
    it is asked for. Only its accuracy at the last position says anything.
    """

    name = "recurrent"
    conformance = Conformance(
        causal={
            "bidirectional": False,
            "perception": {"bidirectional": False},
            "prediction": {"bidirectional": False},
        }
    )

    class Config(PluginConfig):
        """Settings of both stages; the defaults are the report's."""

        cell: Cell = Field("gru", description="gru or lstm")
        hidden: int = Field(256, ge=1, description="units of each direction and layer")
        layers: int = Field(2, ge=1, description="stacked recurrent layers")
        bidirectional: bool = Field(True, description="read forwards and backwards")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout between layers")
        handoff: Handoff = "hard"
        perception: StageConfig = Field(
            StageConfig(), description="what the perception stage has otherwise"
        )
        prediction: StageConfig = Field(
            StageConfig(), description="what the prediction stage has otherwise"
        )

    def __init__(self, config: Config, context: ReasonerContext) -> None:
        super().__init__()
        self.handoff, size = config.handoff, context.alphabet_size
        self.perception = _Stage(context.features, size, of_stage(config, config.perception))
        self.prediction = _Stage(size, size, of_stage(config, config.prediction))

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of both stages, each of shape (frames, alphabet)."""
        perceived = self.perception(features, packing)
        symbols = hand_off(perceived, forced, handoff=self.handoff).to(features.dtype)
        return Reasoning(perceived, self.prediction(symbols, packing))


@final
class _Stage(nn.Module):
    """A recurrent network over whole sequences, then a linear layer to logits."""

    def __init__(self, inputs: int, outputs: int, config: Recurrent.Config) -> None:
        super().__init__()
        cells = {"gru": nn.GRU, "lstm": nn.LSTM}
        self.recurrent = cells[config.cell](
            inputs,
            config.hidden,
            num_layers=config.layers,
            bidirectional=config.bidirectional,
            dropout=config.dropout,
        )
        self.linear = nn.Linear(config.hidden * (2 if config.bidirectional else 1), outputs)

    def forward(self, rows: Tensor, packing: Packing) -> Tensor:
        states, _ = self.recurrent(packing.pack(rows))
        logits: Tensor = self.linear(states.data)
        return logits
