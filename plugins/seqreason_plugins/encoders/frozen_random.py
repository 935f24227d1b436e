"""A probe: what a reasoner can do with features that nothing has ever trained."""

from typing import Annotated, final

from pydantic import Field
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig
from seqreason_plugins.encoders.halving import halved

Channels = Annotated[int, Field(ge=1)]


@final
class FrozenRandom(Encoder):
    """A convolutional network whose random weights are never trained: a probe.

    Random filters keep much of what tells symbols apart (Jarrett, Kavukcuoglu, Ranzato & LeCun,
    "What is the best multi-stage architecture for object recognition?", ICCV 2009), but cannot
    learn any shortcut. So a score with them is the reasoner's own, and what a trained encoder
    adds to it is the worth of learning to see. Features are normalised to mean 0 and variance 1.
    """

    name = "frozen-random"

    class Config(PluginConfig):
        """Settings of the frozen random network."""

        channels: tuple[Channels, ...] = Field(
            (32, 64), min_length=1, description="channels of each stage; each halves the size"
        )
        features: int = Field(256, ge=1, description="length of a frame's feature vector")

    def __init__(self, config: Config, context: EncoderContext) -> None:
        super().__init__()
        self.features = config.features
        height, width = halved(context, stages=len(config.channels))
        layers: list[nn.Module] = []
        for inputs, outputs in zip((1, *config.channels), config.channels, strict=False):
            convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            layers += [convolution, nn.MaxPool2d(2), nn.ReLU()]
        linear = nn.Linear(config.channels[-1] * height * width, config.features, bias=False)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="linear")
        norm = nn.LayerNorm(config.features, elementwise_affine=False)
        self.layers = nn.Sequential(*layers, nn.Flatten(), linear, norm)
        # Parameters all the same, so that they are seeded and saved as other weights are.
        self.requires_grad_(requires_grad=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Features of either sign, shape (frames, features)."""
        features: Tensor = self.layers(frames)
        return features
