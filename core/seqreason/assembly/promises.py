"""What encoders and reasoners promise of their tensors: checked wherever these change hands.

A wrong shape, type or device would otherwise be found in the next part, or not at all.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from seqreason.borders import place_of
from seqreason.contract import told_misreading
from seqreason.errors import PluginError
from seqreason.interfaces import Encoder, Reasoning

_TYPES: Final = (torch.float32, torch.bfloat16, torch.float16)
# What torch says of tensors on two devices; the last of layers that it never heard of.
_TWO_DEVICES: Final = re.compile(
    r"on the same device|expected device|\(torch\.cuda\.\w+\) and weight type \(torch\.\w+\)"
)


@final
@dataclass(frozen=True)
class Promise:
    """A matrix that a plug-in returns: a row for each frame, *columns* columns.

    Attributes:
        owner: the plug-in, as messages call it.
        noun: what is in the matrix.
        given: what the plug-in calls the tensor that it is given.
        mend: what to do where the number of columns is another one; {found} is that one.
    """

    owner: str
    noun: str
    columns: int
    given: str
    mend: str

    def check(self, found: object, *, inputs: Tensor) -> Tensor:
        """*found*, which the plug-in returned for *inputs*, once it is what was promised.

        Raises:
            PluginError: it is not.
        """
        told = f"{self.owner} returned {self.noun}"
        if not isinstance(found, Tensor):
            noun = type(found).__name__
            raise PluginError(f"{told} as {noun}, not as a tensor; return the tensor alone")
        rows, shape = len(inputs), tuple(found.shape)
        if len(shape) != 2 or shape[0] != rows:
            raise PluginError(
                f"{told} of shape {shape} for {rows} frames, not ({rows}, {self.columns}); return "
                "a row for each frame, in their order"
            )
        if shape[1] != self.columns:
            mend = self.mend.format(found=shape[1])
            raise PluginError(f"{told} of shape {shape}, not ({rows}, {self.columns}); {mend}")
        if found.device != inputs.device:
            raise PluginError(
                f"{told} on {found.device}, while its {self.given} are on {inputs.device}; "
                f"{_device_mend(self.given)}"
            )
        if found.dtype not in _TYPES:
            raise PluginError(f"{told} of {found.dtype}; return them as `.float()`")
        return found


def features_promise(encoder: Encoder, owner: str) -> Promise:
    """The promise of *encoder*, by the length of a feature vector that it declares.

    Raises:
        PluginError: it declares none.
    """
    declared = getattr(encoder, "features", None)
    mend = "set `self.features` in its __init__ to the length of what forward returns"
    if declared is None:
        raise PluginError(f"{owner} has no features; {mend}")
    if not isinstance(declared, int) or isinstance(declared, bool) or declared < 1:
        raise PluginError(
            f"{owner} has features={declared!r}, not a whole number of at least 1; {mend}"
        )
    fitting = (
        f"set `self.features = {{found}}` in its __init__, or have its last layer give {declared}"
    )
    return Promise(owner, "features", declared, "frames", fitting)


def logits_promises(owner: str, *, alphabet_size: int) -> tuple[Promise, Promise]:
    """The promises of a reasoner, for its perception and for its prediction."""
    mend = "have its last layer give `context.alphabet_size`, not {found}"
    stages = ("perception", "prediction")
    perception, prediction = (
        Promise(owner, f"{stage} logits", alphabet_size, "features", mend) for stage in stages
    )
    return perception, prediction


def check_reasoning(
    reasoning: object, promises: tuple[Promise, Promise], *, features: Tensor
) -> Reasoning:
    """What a reasoner returned for *features*, once it is what was promised.

    Raises:
        PluginError: it is not.
    """
    if not (isinstance(reasoning, tuple) and len(reasoning) == len(promises)):
        noun = type(reasoning).__name__
        raise PluginError(
            f"{promises[0].owner} returned {noun}, not both stages; write "
            "`return seqreason.Reasoning(perception, prediction)`"
        )
    perception, prediction = (
        promise.check(logits, inputs=features)
        for promise, logits in zip(promises, reasoning, strict=True)
    )
    return Reasoning(perception, prediction)


@contextmanager
def known_mistakes(promise: Promise) -> Iterator[None]:
    """Have mistakes that can be told from what the plug-in raises in the block told by its name.

    Raises:
        PluginError: it mixed tensors of two devices, or read a setting that is not there. Whatever
            else it raises goes through.
    """
    try:
        yield
    except (AttributeError, RuntimeError) as error:
        told = told_misreading(error)
        if told is None and _TWO_DEVICES.search(str(error)):
            told = f"mixes tensors of two devices; {_device_mend(promise.given)}"
        if told is None:
            raise
        raise PluginError(f"{promise.owner} {told} ({place_of(error)})") from error


def _device_mend(given: str) -> str:
    return (
        f"make tensors with `device={given}.device`, and keep constants by `self.register_buffer` "
        "and lists of layers in an nn.ModuleList"
    )
