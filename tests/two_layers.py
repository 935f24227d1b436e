"""A plug-in without a fault, in which tests plant one."""

from torch import nn

import seqreason


class TwoLayers(seqreason.Encoder):
    """A perceptron with one hidden layer."""

    name = "two-layers"

    class Config(seqreason.PluginConfig):
        hidden: int = 64

    def __init__(self, config, context):
        super().__init__()
        self.features = 8
        self.first = nn.Linear(context.height * context.width, config.hidden)
        self.second = nn.Linear(config.hidden, 8)

    def forward(self, frames):
        return self.second(self.first(frames.flatten(start_dim=1)).relu())


@seqreason.hookimpl
def seqreason_encoders():
    return [TwoLayers]
