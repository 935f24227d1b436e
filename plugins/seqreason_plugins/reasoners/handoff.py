"""The hand-off: what perception gives to prediction.

The prediction stage is fed one distribution over the alphabet a frame, float32:

- `hard`: all mass on the likeliest symbol. No gradient passes.
- `soft`: the distribution that perception gives, and its gradient.
- `straight-through`: forwards as `hard`, to the bit; backwards as `soft` (Bengio, Léonard &
  Courville, "Estimating or propagating gradients through stochastic neurons", 2013,
  arXiv:1308.3432). At inference it is `hard`.

A symbol that is forced takes the place of what was perceived, and lets no gradient pass. So under
the forcing policy `teacher` the three train alike, and what is handed off matters at
inference only.
"""

from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor
from torch.nn import functional

Handoff = Annotated[
    Literal["hard", "soft", "straight-through"],
    Field(
        description="what reaches prediction: one-hot symbols, distributions, or one-hot symbols "
        "with the distributions' gradient"
    ),
]


def hand_off(perceived: Tensor, forced: Tensor | None, *, handoff: Handoff) -> Tensor:
    """What the prediction stage is fed, float32.

    Shapes:
        perceived: (frames, alphabet), the perception stage's logits
        forced: (frames,), true symbols, and `PADDING` (-1) where prediction goes by itself
        returns: (frames, alphabet)
    """
    own = _own(perceived, handoff)
    if forced is None:
        return own
    # One-hot encoding takes no -1; the places it would stand at are replaced just below.
    true = functional.one_hot(forced.clamp(min=0), perceived.shape[1]).float()
    return true.where((forced >= 0)[:, None], own)


def _own(perceived: Tensor, handoff: Handoff) -> Tensor:
    """What perception says by itself, shape (frames, alphabet)."""
    if handoff == "soft":
        return perceived.float().softmax(dim=1)
    likeliest = functional.one_hot(perceived.argmax(dim=1), perceived.shape[1]).float()
    if handoff == "hard":
        return likeliest
    shares = perceived.float().softmax(dim=1)
    # A number less itself is 0 exactly, so that nothing but the gradient is added.
    return likeliest + (shares - shares.detach())
