"""torchvision's classification networks by name, with one channel in and features out."""

from copy import deepcopy
from http.client import HTTPException
from pickle import UnpicklingError
from typing import Any, Final

import torch
from torch import nn

from seqreason import DataError, IncompatibleError
from seqreason.errors import nearest

# Without second classifiers half-way up, and without what treats three channels differently.
_PLAIN: Final[dict[str, dict[str, bool | None]]] = {
    "googlenet": {"aux_logits": False, "aux1": None, "aux2": None, "transform_input": False},
    "inception_v3": {"aux_logits": False, "AuxLogits": None, "transform_input": False},
}
_NO_WEIGHTS: Final = (EOFError, HTTPException, OSError, RuntimeError, UnpicklingError)
_NO_FIT: Final = (AssertionError, RuntimeError, ValueError)


def known_backbone(name: str) -> str:
    """*name*, which one of torchvision's classification networks has; else a ValueError."""
    known = _models().list_models(module=_models())
    if name not in known:
        raise ValueError(f"unknown backbone {name!r}{nearest(name, known)}")
    return name


def known_weights(name: str, backbone: str) -> str:
    """The own name of weights that torchvision ships, DEFAULT's too; else a ValueError."""
    known = _shipped(backbone)
    if name not in known:
        raise ValueError(f"unknown weights {name!r} of {backbone}{nearest(name, known)}")
    return str(known[name].name)


def adapted(
    backbone: str, weights: str | None, *, features: int, frame_size: tuple[int, int]
) -> nn.Module:
    """*backbone* for frames of one channel, its last layer a fresh one that gives *features*.

    Raises:
        DataError: the weights cannot be downloaded or read.
        IncompatibleError: it cannot take a frame of that height and width.
    """
    network = _loaded(backbone, weights)
    kinds = (nn.Conv2d, nn.Linear)
    layers = [(name, layer) for name, layer in network.named_modules() if isinstance(layer, kinds)]
    (first, stem), (last, head) = layers[0], layers[-1]
    assert isinstance(stem, nn.Conv2d)  # in each of torchvision's classifiers
    network.set_submodule(first, one_channel_stem(stem))
    network.set_submodule(last, _fresh_head(head, features))
    network.to(memory_format=torch.channels_last)
    try:
        _try_out(network, frame_size)
    except _NO_FIT as error:
        height, width = frame_size
        raise IncompatibleError(
            f"backbone {backbone} cannot take frames of {height}×{width} pixels ({error}); set "
            f"size: {_least_side(backbone, weights)}, to which frames are then resized"
        ) from error
    return network


def one_channel_stem(stem: nn.Conv2d) -> nn.Conv2d:
    """A convolution that gives for one channel what *stem* gives for channels all equal to it."""
    grey = deepcopy(stem)
    grey.in_channels = 1
    grey.weight = nn.Parameter(stem.weight.detach().sum(dim=1, keepdim=True))
    return grey


def _loaded(backbone: str, weights: str | None) -> nn.Module:
    plain = _PLAIN.get(backbone, {})
    options = {"init_weights": False} if plain else {}
    try:
        network: nn.Module = _models().get_model(
            backbone, weights=weights, progress=False, **options
        )
    except _NO_WEIGHTS as error:
        if weights is None:
            raise
        place = f"{_shipped(backbone)[weights].url} in {torch.hub.get_dir()}/checkpoints"
        raise DataError(
            f"the weights {weights} of {backbone} cannot be downloaded or read "
            f"({type(error).__name__}: {error}); place {place}, or set weights: null, which works "
            "offline"
        ) from error
    for name, value in plain.items():
        setattr(network, name, value)
    return network


def _fresh_head(head: nn.Conv2d | nn.Linear, features: int) -> nn.Module:
    if isinstance(head, nn.Linear):
        return nn.Linear(head.in_features, features)
    return nn.Conv2d(head.in_channels, features, kernel_size=1)


def _try_out(network: nn.Module, frame_size: tuple[int, int]) -> None:
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 1, *frame_size))
    network.train()


def _least_side(backbone: str, weights: str | None) -> int:
    """Pixels a side that are enough; of the networks that take one size only, that size."""
    shipped = _shipped(backbone)
    names = [weights] if weights else list(shipped)
    return min(int(shipped[name].meta["min_size"][0]) for name in names)


def _shipped(backbone: str) -> dict[str, Any]:
    """The weights that torchvision ships for *backbone*, by their names and aliases."""
    shipped = _models().get_model_weights(backbone).__members__
    # Weights without categories are for other uses: in their classifier nothing is a number.
    return {name: weights for name, weights in shipped.items() if weights.meta["categories"]}


def _models() -> Any:
    """torchvision.models, imported when it is first asked for: that takes more than a second."""
    from torchvision import models  # noqa: PLC0415 - few runs ask for it

    return models
