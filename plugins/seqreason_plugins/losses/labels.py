"""Labels: the target distribution of each true symbol."""

from typing import final

from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from seqreason import Labels, LossContext, PluginConfig


@final
class Hard(Labels):
    """All mass on the true symbol: one-hot.

    Shapes:
        symbols: (frames,), int64
        returns: (frames, alphabet), float32
    """

    name = "hard"

    def __init__(self, config: PluginConfig, context: LossContext) -> None:
        self._size = context.alphabet_size

    def targets(self, symbols: Tensor) -> Tensor:
        """One-hot rows."""
        return one_hot(symbols, self._size).float()


@final
class Smoothed(Labels):
    """Most mass on the true symbol, the rest even: one_hot·(1 - s) + s/K over K symbols.

    Worked example: with K = 26 and s = 0.2, the true symbol gets 0.8 + 0.2/26 = 0.8077 and each
    other symbol 0.0077.

    Source: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR
    2016, section 7, arXiv:1512.00567.

    Shapes:
        symbols: (frames,), int64
        returns: (frames, alphabet), float32
    """

    name = "smoothed"

    class Config(PluginConfig):
        """Settings of label smoothing."""

        smoothing: float = Field(0.2, ge=0, le=1, description="s: the mass that is spread evenly")

    def __init__(self, config: Config, context: LossContext) -> None:
        self._smoothing, self._size = config.smoothing, context.alphabet_size

    def targets(self, symbols: Tensor) -> Tensor:
        """Smoothed rows."""
        spread = self._smoothing / self._size
        return one_hot(symbols, self._size).float() * (1 - self._smoothing) + spread
