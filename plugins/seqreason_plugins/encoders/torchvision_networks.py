"""torchvision's classification networks by name, for one input channel and any features."""

from copy import deepcopy
from http.client import HTTPException
from pickle import UnpicklingError
from typing import Any, Final

import torch
from torch import nn

from seqreason import DataError, IncompatibleError
from seqreason.errors import nearest

# Without auxiliary classifiers, and without steps that treat the three channels differently.
_PLAIN: Final[dict[str, dict[str, bool | None]]] = {
    "googlenet": {"aux_logits": False, "aux1": None, "aux2": None, "transform_input": False},
    "inception_v3": {"aux_logits": False, "AuxLogits": None, "transform_input": False},
}
_NO_WEIGHTS: Final = (EOFError, HTTPException, OSError, RuntimeError, UnpicklingError)
_NO_FIT: Final = (AssertionError, RuntimeError, ValueError)


def known_backbone(name: str) -> str:
    """*name*, if a classification network of torchvision has it; otherwise a ValueError."""
    known = _models().list_models(module=_models())
    if name not in known:
        raise ValueError(f"unknown backbone {name!r}{nearest(name, known)}")
    return name


def known_weights(name: str, backbone: str) -> str:
    """The proper name of shipped weights, also for DEFAULT; a ValueError if there are none."""
    known = _shipped(backbone)
    if name not in known:
        raise ValueError(f"unknown weights {name!r} of {backbone}{nearest(name, known)}")
    return str(known[name].name)


def adapted(
    backbone: str, weights: str | None, *, features: int, frame_size: tuple[int, int]
) -> nn.Module:
    """*backbone* for frames of one channel, with a new last layer that gives *features*.

    Raises:
        DataError: the weights cannot be downloaded or read.
        IncompatibleError: the network cannot take a frame of that height and width.
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
        with torch.no_grad():
            network.eval()(torch.zeros(1, 1, *frame_size))
    except _NO_FIT as error:
        height, width = frame_size
        raise IncompatibleError(
            f"backbone {backbone} cannot take frames of {height}×{width} pixels ({error}); set "
            f"size: {_least_side(backbone, weights)}, which resizes the frames"
        ) from error
    return network.train()


def one_channel_stem(stem: nn.Conv2d) -> nn.Conv2d:
    """A convolution of one channel: it gives what *stem* gives for three equal channels.

    Shapes:
        stem.weight: (outputs, 3, height, width); of the result (outputs, 1, height, width)
    """
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
            f"({type(error).__name__}: {error}); place {place}, or set weights: null to work "
            "offline"
        ) from error
    for name, value in plain.items():
        setattr(network, name, value)
    return network


def _fresh_head(head: nn.Conv2d | nn.Linear, features: int) -> nn.Module:
    if isinstance(head, nn.Linear):
        return nn.Linear(head.in_features, features)
    return nn.Conv2d(head.in_channels, features, kernel_size=1)


def _least_side(backbone: str, weights: str | None) -> int:
    """Pixels a side that are enough, or the only size that the network takes."""
    shipped = _shipped(backbone)
    names = [weights] if weights else list(shipped)
    return min(int(shipped[name].meta["min_size"][0]) for name in names)


def _shipped(backbone: str) -> dict[str, Any]:
    """The weights that torchvision ships for *backbone*, by name and alias."""
    shipped = _models().get_model_weights(backbone).__members__
    # Weights without categories serve other uses; the numbers of their classifier are NaN.
    return {name: weights for name, weights in shipped.items() if weights.meta["categories"]}


def _models() -> Any:
    """torchvision.models, imported when first needed: the import takes more than a second."""
    from torchvision import models  # noqa: PLC0415 - few runs need it

    return models
