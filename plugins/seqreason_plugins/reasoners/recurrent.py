"""The report's reasoner: one recurrent stage that sees, and one that continues what was seen."""

from typing import Literal, final

from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from seqreason.batches import Packing
from seqreason.interfaces import PluginConfig, Reasoner, ReasonerContext, Reasoning

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
    those that are forced on it, otherwise what the perception stage hands off, as the one-hot
    vector of the likeliest symbol (`hard`) or as the whole distribution (`soft`).

    A bidirectional prediction stage sees, at every position but the last, the very symbol that
    it is asked for. Only its accuracy at the last position says anything.
    """

    name = "recurrent"

    class Config(PluginConfig):
        """Settings of both stages; the defaults are the report's."""

        cell: Cell = Field("gru", description="gru or lstm")
        hidden: int = Field(256, ge=1, description="units of each direction and layer")
        layers: int = Field(2, ge=1, description="stacked recurrent layers")
        bidirectional: bool = Field(True, description="read forwards and backwards")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout between layers")
        handoff: Literal["hard", "soft"] = Field(
            "hard", description="what reaches prediction: one-hot symbols, or distributions"
        )
        perception: StageConfig = Field(
            StageConfig(), description="what the perception stage has otherwise"
        )
        prediction: StageConfig = Field(
            StageConfig(), description="what the prediction stage has otherwise"
        )

    def __init__(self, config: Config, context: ReasonerContext) -> None:
        super().__init__()
        self.alphabet_size, self.handoff = context.alphabet_size, config.handoff
        size = context.alphabet_size
        self.perception = _Stage(context.features, size, _resolved(config, config.perception))
        self.prediction = _Stage(size, size, _resolved(config, config.prediction))

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of both stages, each of shape (frames, alphabet)."""
        perceived = self.perception(features, packing)
        symbols = self._hand_off(perceived, forced).to(features.dtype)
        return Reasoning(perceived, self.prediction(symbols, packing))

    def _hand_off(self, perceived: Tensor, forced: Tensor | None) -> Tensor:
        """What the prediction stage is fed, shape (frames, alphabet)."""
        if self.handoff == "hard":
            own = functional.one_hot(perceived.argmax(dim=1), self.alphabet_size).float()
        else:
            own = perceived.float().softmax(dim=1)
        if forced is None:
            return own
        # One-hot encoding takes no -1; the places it would stand at are replaced just below.
        true = functional.one_hot(forced.clamp(min=0), self.alphabet_size).float()
        return true.where((forced >= 0)[:, None], own)


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


def _resolved(config: Recurrent.Config, stage: StageConfig) -> Recurrent.Config:
    """The settings of one stage: its own where it has any, the reasoner's elsewhere."""
    return config.model_copy(update=stage.model_dump(exclude_none=True))
