"""The hand-off: what perception gives to prediction.

The prediction stage is fed one distribution over the alphabet for each frame, float32:

- `hard`: all mass on the likeliest symbol. No gradient passes.
- `soft`: the softmax of perception's logits. Its gradient passes.
- `straight-through`: the values of `hard`, bit for bit, with the gradient of `soft` (Bengio,
  Léonard & Courville, "Estimating or propagating gradients through stochastic neurons for
  conditional computation", 2013, arXiv:1308.3432). At inference it equals `hard`.

A forced symbol replaces the perceived one, and no gradient passes through it. So the three train
equally under the forcing policy `teacher`; they differ at inference only.
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
    """The distributions that the prediction stage is fed.

    Shapes:
        perceived: (frames, alphabet), logits of the perception stage
        forced: (frames,), int64, true symbols; `PADDING` (-1) where nothing is forced
        returns: (frames, alphabet), float32, each row with sum 1
    """
    own = _own(perceived, handoff)
    if forced is None:
        return own
    # one_hot refuses -1; the rows of the clamped places are replaced just below.
    true = functional.one_hot(forced.clamp(min=0), perceived.shape[1]).float()
    return true.where((forced >= 0)[:, None], own)


def _own(perceived: Tensor, handoff: Handoff) -> Tensor:
    """The hand-off where nothing is forced, shape (frames, alphabet)."""
    if handoff == "soft":
        return perceived.float().softmax(dim=1)
    likeliest = functional.one_hot(perceived.argmax(dim=1), perceived.shape[1]).float()
    if handoff == "hard":
        return likeliest
    shares = perceived.float().softmax(dim=1)
    # A number minus itself is exactly 0, so this adds the gradient and nothing else.
    return likeliest + (shares - shares.detach())
