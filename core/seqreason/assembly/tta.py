"""Views for test-time augmentation: the same frames, turned by several angles."""

import math

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


def turned(frames: Tensor, degrees: float) -> Tensor:
    """*frames* turned counter-clockwise by *degrees* about their centres.

    A pixel at p of the result is the bilinear value of the frame at R⁻¹ p, where R is the rotation
    matrix. Pixels from outside the frame repeat its border, so a background of any grey continues.
    With 0 degrees the frames are returned as they are, to the bit.

    Shapes:
        frames, returns: (frames, 1, height, width)
    """
    if not degrees:
        return frames
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    height, width = frames.shape[2:]
    # The grid counts in half frames, so a frame that is not square needs the ratio of its sides.
    backward = [[cosine, -sine * height / width, 0.0], [sine * width / height, cosine, 0.0]]
    maps = torch.tensor(backward, dtype=frames.dtype, device=frames.device)
    grid = affine_grid(maps.expand(len(frames), 2, 3), list(frames.shape), align_corners=False)
    return grid_sample(frames, grid, padding_mode="border", align_corners=False)
