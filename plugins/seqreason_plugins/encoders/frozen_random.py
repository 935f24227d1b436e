"""A probe: an encoder whose features are never trained."""

from typing import Annotated, final

from pydantic import Field
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig
from seqreason_plugins.encoders.halving import halved

Channels = Annotated[int, Field(ge=1)]


@final
class FrozenRandom(Encoder):
    """A convolutional network whose random weights are never trained: a probe.

    Each stage is a random 3×3 convolution without bias, a 2×2 max-pooling and a ReLU. A random
    linear layer follows, then a normalisation to mean 0 and variance 1 without weights. Random
    filters keep much of the difference between symbols, but they cannot learn a shortcut. So
    the score is the reasoner's own, and the gain of a trained encoder comes from learning.

    Source: Jarrett, Kavukcuoglu, Ranzato & LeCun, "What is the best multi-stage architecture for
    object recognition?", ICCV 2009.

    Shapes:
        frames: (frames, 1, height, width), float in 0 … 1
        returns: (frames, features), of either sign
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
        # They stay parameters, so that they are seeded and saved like other weights.
        self.requires_grad_(requires_grad=False)

    def forward(self, frames: Tensor) -> Tensor:
        """The normalised features of each frame."""
        features: Tensor = self.layers(frames)
        return features
