"""The report's reasoner: one recurrent stage reads the frames, a second continues the sequence."""

from typing import Literal, final

from pydantic import Field
from torch import Tensor, nn

from seqreason import Conformance, Packing, PluginConfig, Reasoner, ReasonerContext, Reasoning
from seqreason_plugins.reasoners.handoff import Handoff, hand_off
from seqreason_plugins.reasoners.stages import of_stage

Cell = Literal["gru", "lstm"]


class StageConfig(PluginConfig):
    """Settings of one stage that differ from those of the reasoner; null: the same."""

    cell: Cell | None = Field(None, description="gru or lstm")
    hidden: int | None = Field(None, ge=1, description="units of each layer and direction")
    layers: int | None = Field(None, ge=1, description="stacked recurrent layers")
    bidirectional: bool | None = Field(None, description="whether it reads in both directions")
    dropout: float | None = Field(None, ge=0, lt=1, description="dropout rate between layers")


@final
class Recurrent(Reasoner):
    """Perception and prediction, each a recurrent network (GRU or LSTM) and a linear layer.

    The *perception* stage (the report's GRU1) reads features x_1 … x_T and classifies each frame.
    The *prediction* stage (GRU2) reads symbols s_1 … s_T and predicts the symbol after each:

        perception_t = W h_t + b    with h = GRU1(x)
        prediction_t = V g_t + c    with g = GRU2(s)

    In training, s_t is the true symbol where it is forced. Otherwise it is the hand-off of
    perception_t. A GRU cell with σ the logistic function and ⊙ the elementwise product computes

        r_t = σ(W_r x_t + U_r h_(t-1) + b_r)            reset gate
        z_t = σ(W_z x_t + U_z h_(t-1) + b_z)            update gate
        n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_(t-1) + c_n))
        h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_(t-1)           h_0 = 0

    With bidirectional, h_t joins the states of one GRU that reads forwards and one that reads
    backwards. A bidirectional prediction stage that is fed true symbols reads the symbol that it
    has to predict, at every position but the last. Report its accuracy at the last position.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical
    machine translation", EMNLP 2014, arXiv:1406.1078; for lstm, Hochreiter & Schmidhuber, "Long
    short-term memory", Neural Computation 9(8), 1997.

    Shapes:
        features: (frames, features), float, in packed order
        forced: (frames,), int64
        returns: two times (frames, alphabet), logits
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
        hidden: int = Field(256, ge=1, description="units of each layer and direction")
        layers: int = Field(2, ge=1, description="stacked recurrent layers")
        bidirectional: bool = Field(True, description="whether it reads in both directions")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout rate between layers")
        handoff: Handoff = "hard"
        perception: StageConfig = Field(
            StageConfig(), description="settings of the perception stage that differ"
        )
        prediction: StageConfig = Field(
            StageConfig(), description="settings of the prediction stage that differ"
        )

    def __init__(self, config: Config, context: ReasonerContext) -> None:
        super().__init__()
        self.handoff, size = config.handoff, context.alphabet_size
        self.perception = _Stage(context.features, size, of_stage(config, config.perception))
        self.prediction = _Stage(size, size, of_stage(config, config.prediction))

    def forward(self, features: Tensor, packing: Packing, forced: Tensor | None) -> Reasoning:
        """Logits of what each frame shows, and of the symbol after it.

        Args:
            features: what the encoder made of each frame.
            packing: which frame belongs to which sequence and position.
            forced: true symbols that prediction is fed; `PADDING` where it is fed the hand-off.
                None at inference.
        """
        perceived = self.perception(features, packing)
        symbols = hand_off(perceived, forced, handoff=self.handoff).to(features.dtype)
        return Reasoning(perceived, self.prediction(symbols, packing))


@final
class _Stage(nn.Module):
    """A recurrent network over whole sequences, then a linear layer to logits.

    Shapes:
        rows: (frames, inputs), in packed order
        returns: (frames, outputs)
    """

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
