"""Views: the same frames looked at from several angles, to average what is seen in them."""

import math

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


def turned(frames: Tensor, degrees: float) -> Tensor:
    """*frames* turned counter-clockwise about their middles, bilinear.

    What comes in from outside is as the nearest pixel of the border, so that a background of any
    grey goes on. Turned by 0 they are as they were, to the bit.

    Shapes:
        frames, returns: (frames, 1, height, width)
    """
    if not degrees:
        return frames
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    height, width = frames.shape[2:]
    # The grid counts in halves of the frame, so that sides of differing length are put right.
    backward = [[cosine, -sine * height / width, 0.0], [sine * width / height, cosine, 0.0]]
    maps = torch.tensor(backward, dtype=frames.dtype, device=frames.device)
    grid = affine_grid(maps.expand(len(frames), 2, 3), list(frames.shape), align_corners=False)
    return grid_sample(frames, grid, padding_mode="border", align_corners=False)
