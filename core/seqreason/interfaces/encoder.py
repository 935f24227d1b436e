"""Encoders: networks from frames to features, one frame at a time."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import final

from torch import Tensor, nn

from seqreason.interfaces.plugin import Plugin


@final
@dataclass(frozen=True)
class EncoderContext:
    """What an encoder knows about frames: their size in pixels. They have one channel."""

    height: int
    width: int


class Encoder(nn.Module, Plugin):
    """Turns each frame into a vector of features, independently of the other frames.

    Attributes:
        features: the length of this vector; the constructor sets it.
    """

    features: int

    @abstractmethod
    def forward(self, frames: Tensor) -> Tensor:
        """The features of each frame.

        Shapes:
            frames: (frames, 1, height, width), float in 0 … 1
            returns: (frames, features)
        """
