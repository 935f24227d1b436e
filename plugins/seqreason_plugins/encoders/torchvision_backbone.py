"""Any of torchvision's classification networks as an encoder."""

from typing import Annotated, final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from torch import Tensor, nn

from seqreason import Encoder, EncoderContext, PluginConfig
from seqreason_plugins.encoders.torchvision_networks import adapted, known_backbone, known_weights


@final
class TorchvisionBackbone(Encoder):
    """One of torchvision's classification networks, its last layer giving the features."""

    name = "torchvision"

    class Config(PluginConfig):
        """Settings of the torchvision backbone."""

        backbone: Annotated[str, AfterValidator(known_backbone)] = Field(
            "resnet18", description="which network, by torchvision's name"
        )
        features: int = Field(512, ge=1, description="length of a frame's feature vector")
        weights: str | None = Field(
            None,
            description="shipped weights by torchvision's name, DEFAULT say, downloaded by "
            "torchvision; null: fresh ones",
        )
        size: int | None = Field(
            None, ge=1, description="pixels a side that frames are resized to; null: as they are"
        )

        @field_validator("weights")
        @classmethod
        def _by_their_own_name(cls, weights: str | None, info: ValidationInfo) -> str | None:
            # A backbone that is unknown is left out of info.data, and has an error of its own.
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
        """Features of either sign, shape (frames, features)."""
        if not len(frames):
            return frames.new_zeros(0, self.features)
        if self.size is not None:
            frames = nn.functional.interpolate(frames, (self.size, self.size), mode="bilinear")
        features: Tensor = self.network(frames)
        return features
