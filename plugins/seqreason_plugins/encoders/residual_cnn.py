"""The report's encoder: 3×3 convolutions with skip connections over three blocks."""

from typing import Annotated, final

import torch
from pydantic import Field
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig
from seqreason_plugins.encoders.halving import halved

Channels = Annotated[int, Field(ge=1)]


@final
class ResidualCNN(Encoder):
    """A stack of stages, each half the size of the one before, then one linear layer.

    A block is a 3×3 convolution that keeps the size, and a ReLU. A stage is one block that
    changes the number of channels, a 2×2 max-pooling, and residual units at the new size. In a
    unit, the input skips over *blocks* blocks to the input of the last ReLU, as in the report:

        unit(x) = ReLU(x + Conv(ReLU(Conv( … ReLU(Conv(x))))))
        features = ReLU(W flatten(stages(frame)) + b)

    The last convolution of a unit begins at zero, so without batch norm a deep stack begins as a
    shallow one.

    Source: He et al., "Deep residual learning for image recognition", CVPR 2016, arXiv:1512.03385;
    for the zeros, Zhang, Dauphin & Ma, "Fixup initialization", ICLR 2019, arXiv:1901.09321.

    Shapes:
        frames: (frames, 1, height, width), float in 0 … 1
        returns: (frames, features), at least 0
    """

    name = "residual-cnn"

    class Config(PluginConfig):
        """Settings of the residual CNN; the defaults are the report's."""

        channels: tuple[Channels, ...] = Field(
            (32, 64, 128), min_length=1, description="channels of each stage; each halves the size"
        )
        features: int = Field(512, ge=1, description="length of a frame's feature vector")
        units: int = Field(1, ge=0, description="residual units in each stage")
        blocks: int = Field(3, ge=1, description="blocks that a skip connection passes over")
        skip: bool = Field(True, description="whether there are skip connections")
        batch_norm: bool = Field(
            False, description="whether each convolution has batch normalisation"
        )

    def __init__(self, config: Config, context: EncoderContext) -> None:
        super().__init__()
        self.features = config.features
        height, width = halved(context, stages=len(config.channels))
        inputs = (1, *config.channels[:-1])
        stages = [_stage(a, b, config) for a, b in zip(inputs, config.channels, strict=True)]
        self.stages = nn.Sequential(*stages)
        self.linear = nn.Linear(config.channels[-1] * height * width, config.features)
        self.to(memory_format=torch.channels_last)

    def forward(self, frames: Tensor) -> Tensor:
        """The features of each frame."""
        maps = self.stages(frames.contiguous(memory_format=torch.channels_last))
        features: Tensor = self.linear(maps.flatten(start_dim=1)).relu()
        return features


def _stage(inputs: int, outputs: int, config: ResidualCNN.Config) -> nn.Module:
    units = [_ResidualUnit(outputs, config) for _ in range(config.units)]
    # Pooling before the ReLU gives the same result with a quarter of the work.
    return nn.Sequential(_convolution(inputs, outputs, config), nn.MaxPool2d(2), nn.ReLU(), *units)


def _convolution(inputs: int, outputs: int, config: ResidualCNN.Config) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=not config.batch_norm)
    nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs)) if config.batch_norm else convolution


@final
class _ResidualUnit(nn.Module):
    """Blocks whose input is added before the last ReLU; the shape of the maps stays."""

    def __init__(self, channels: int, config: ResidualCNN.Config) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(config.blocks):
            layers += [_convolution(channels, channels, config), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])
        self.skip = config.skip
        if config.skip and not config.batch_norm:
            nn.init.zeros_(self.layers[-1].weight)  # type: ignore[arg-type]  # a Conv2d

    def forward(self, maps: Tensor) -> Tensor:
        out: Tensor = self.layers(maps)
        return (out + maps).relu() if self.skip else out.relu()
