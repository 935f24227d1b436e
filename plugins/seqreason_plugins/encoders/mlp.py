"""The simplest encoder: linear layers on pixels."""

from itertools import pairwise
from typing import Annotated, final

from pydantic import Field
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig

Units = Annotated[int, Field(ge=1)]


@final
class MLP(Encoder):
    """A multilayer perceptron on a frame's pixels: linear layers, each with a ReLU.

        h_0 = pixels;  h_l = Dropout(ReLU(W_l h_(l-1) + b_l));  features = ReLU(W h_L + b)

    It does not know which pixels are neighbours.

    Shapes:
        frames: (frames, 1, height, width), float in 0 … 1
        returns: (frames, features), at least 0
    """

    name = "mlp"

    class Config(PluginConfig):
        """Settings of the multilayer perceptron."""

        hidden: tuple[Units, ...] = Field(
            (512,), description="units of each hidden layer; empty: no hidden layer"
        )
        features: int = Field(256, ge=1, description="length of a frame's feature vector")
        dropout: float = Field(0.0, ge=0, lt=1, description="dropout rate after each hidden layer")

    def __init__(self, config: Config, context: EncoderContext) -> None:
        super().__init__()
        self.features = config.features
        layers: list[nn.Module] = []
        sizes = (context.height * context.width, *config.hidden, config.features)
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(config.dropout)]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, frames: Tensor) -> Tensor:
        """The features of each frame."""
        features: Tensor = self.layers(frames.flatten(start_dim=1))
        return features
