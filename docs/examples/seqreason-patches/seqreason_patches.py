"""Two plug-ins for seqreason: an encoder `patches` and a generator `zigzag`."""

import numpy as np
from pydantic import Field
from torch import Tensor, nn

import seqreason


class Patches(seqreason.Encoder):
    """Square patches of a frame, embedded and averaged by a learnt attention."""

    name = "patches"

    class Config(seqreason.PluginConfig):
        """Settings of the patch encoder."""

        size: int = Field(7, ge=1, description="pixels a side of a patch")
        features: int = Field(128, ge=1, description="length of a frame's feature vector")

    def __init__(self, config: Config, context: seqreason.EncoderContext) -> None:
        super().__init__()
        rows, columns = context.height // config.size, context.width // config.size
        if not rows * columns:
            raise seqreason.IncompatibleError(
                f"a frame of {context.height}×{context.width} pixels holds no patch of "
                f"{config.size}×{config.size}; give a smaller size"
            )
        self.features = config.features
        self.embed = nn.Conv2d(1, self.features, config.size, stride=config.size)
        # The position of a patch matters as much as its content.
        self.places = nn.Embedding(rows * columns, self.features)
        self.mix = nn.Sequential(nn.Linear(self.features, self.features), nn.ReLU())
        self.attend = nn.Linear(self.features, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """The mean of all patches, weighted by attention, shape (frames, features)."""
        patches = self.embed(frames).flatten(start_dim=2).transpose(1, 2)
        mixed = self.mix(patches + self.places.weight)
        pooled: Tensor = (self.attend(mixed).softmax(dim=1) * mixed).sum(dim=1)
        return pooled


class Zigzag(seqreason.RuleGenerator):
    """A step forward, then one letter less back: A D B E C and then F.

    Worked example: start A = 0, step 3, length 5 shows A D B E C and asks for F.
    """

    name = "zigzag"

    class Config(seqreason.SequenceConfig):
        """Settings of the zigzag task."""

        largest_step: int = Field(6, ge=2, description="the largest step forward")

    config: Config

    def rules(self, length: int) -> seqreason.RuleTable:
        """A rule for each step: start + i // 2 at place i, plus the step at odd places."""
        place, starts = np.arange(length + 1), np.arange(self.alphabet_size)[:, None]
        steps = range(2, self.config.largest_step + 1)
        every = [starts + place // 2 + step * (place % 2) for step in steps]
        rows = [letters[letters.max(axis=1) < self.alphabet_size] for letters in every]
        if not any(map(len, rows)):
            raise seqreason.SpecError(f"lengths: no step fits {length} letters; show fewer")
        return seqreason.RuleTable.uniform(rows, {"step": steps})


@seqreason.hookimpl
def seqreason_encoders() -> list[type[seqreason.Encoder]]:
    """The encoder of this package."""
    return [Patches]


@seqreason.hookimpl
def seqreason_generators() -> list[type[seqreason.SequenceGenerator]]:
    """The generator of this package."""
    return [Zigzag]
