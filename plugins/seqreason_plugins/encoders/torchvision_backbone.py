"""Any classification network of torchvision as an encoder."""

from typing import Annotated, final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig
from seqreason_plugins.encoders.torchvision_networks import adapted, known_backbone, known_weights


@final
class TorchvisionBackbone(Encoder):
    """One of torchvision's classification networks, whose last layer gives the features.

    The first convolution takes one channel, with the sum of its weights over the three colours.
    So shipped weights respond to a grey frame as they would to the same grey in three channels.

    Source: the papers that torchvision's documentation names for each network.

    Shapes:
        frames: (frames, 1, height, width), float in 0 … 1
        returns: (frames, features), of either sign
    """

    name = "torchvision"

    class Config(PluginConfig):
        """Settings of the torchvision backbone."""

        backbone: Annotated[str, AfterValidator(known_backbone)] = Field(
            "resnet18", description="the network, by torchvision's name"
        )
        features: int = Field(512, ge=1, description="length of a frame's feature vector")
        weights: str | None = Field(
            None, description="torchvision's name of shipped weights, such as DEFAULT; null: random"
        )
        size: int | None = Field(
            None, ge=1, description="pixels a side that frames are resized to; null: not resized"
        )

        @field_validator("weights")
        @classmethod
        def _by_their_own_name(cls, weights: str | None, info: ValidationInfo) -> str | None:
            # An unknown backbone is absent from info.data and has its own error.
            if weights is None or "backbone" not in info.data:
                return weights
            return known_weights(weights, info.data["backbone"])

    def __init__(self, config: Config, context: EncoderContext) -> None:
        super().__init__()
        self.features, self.size = config.features, config.size
        size = (self.size, self.size) if self.size else (context.height, context.width)
        self.network = adapted(
            config.backbone, config.weights, features=self.features, frame_size=size
        )

    def forward(self, frames: Tensor) -> Tensor:
        """The features of each frame."""
        if not len(frames):
            return frames.new_zeros(0, self.features)
        if self.size is not None:
            frames = nn.functional.interpolate(frames, (self.size, self.size), mode="bilinear")
        features: Tensor = self.network(frames)
        return features
