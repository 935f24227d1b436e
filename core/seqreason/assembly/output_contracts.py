"""What encoders and reasoners contract of their tensors: checked wherever these change hands.

A wrong shape, type or device would otherwise be found in the next part, or not at all.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from seqreason.errors import PluginError
from seqreason.interfaces import Encoder, Reasoning
from seqreason.registry.contract import misread_setting_message
from seqreason.registry.plugin_errors import place_of

_TYPES: Final = (torch.float32, torch.bfloat16, torch.float16)
# What torch says of tensors on two devices; the last of layers that it never heard of.
_TWO_DEVICES: Final = re.compile(
    r"on the same device|expected device|\(torch\.cuda\.\w+\) and weight type \(torch\.\w+\)"
)


@final
@dataclass(frozen=True)
class OutputContract:
    """A matrix that a plug-in returns: a row for each frame, *columns* columns.

    Attributes:
        owner: the plug-in, as messages call it.
        noun: what is in the matrix.
        given: what the plug-in calls the tensor that it is given.
        fix: what to do where the number of columns is another one; {found} is that one.
    """

    owner: str
    noun: str
    columns: int
    given: str
    fix: str

    def check(self, found: object, *, inputs: Tensor) -> Tensor:
        """*found*, which the plug-in returned for *inputs*, once it is what was promised.

        Raises:
            PluginError: it is not.
        """
        message = f"{self.owner} returned {self.noun}"
        if not isinstance(found, Tensor):
            noun = type(found).__name__
            raise PluginError(f"{message} as {noun}, not as a tensor; return the tensor alone")
        rows, shape = len(inputs), tuple(found.shape)
        if len(shape) != 2 or shape[0] != rows:
            raise PluginError(
                f"{message} of shape {shape} for {rows} frames, not ({rows}, {self.columns}); "
                "return a row for each frame, in their order"
            )
        if shape[1] != self.columns:
            fix = self.fix.format(found=shape[1])
            raise PluginError(f"{message} of shape {shape}, not ({rows}, {self.columns}); {fix}")
        if found.device != inputs.device:
            raise PluginError(
                f"{message} on {found.device}, while its {self.given} are on {inputs.device}; "
                f"{_device_fix(self.given)}"
            )
        if found.dtype not in _TYPES:
            raise PluginError(f"{message} of {found.dtype}; return them as `.float()`")
        return found


def features_contract(encoder: Encoder, owner: str) -> OutputContract:
    """The contract of *encoder*, by the length of a feature vector that it declares.

    Raises:
        PluginError: it declares none.
    """
    declared = getattr(encoder, "features", None)
    fix = "set `self.features` in its __init__ to the length of what forward returns"
    if declared is None:
        raise PluginError(f"{owner} has no features; {fix}")
    if not isinstance(declared, int) or isinstance(declared, bool) or declared < 1:
        raise PluginError(
            f"{owner} has features={declared!r}, not a whole number of at least 1; {fix}"
        )
    fitting = (
        f"set `self.features = {{found}}` in its __init__, or have its last layer give {declared}"
    )
    return OutputContract(owner, "features", declared, "frames", fitting)


def logits_contracts(owner: str, *, alphabet_size: int) -> tuple[OutputContract, OutputContract]:
    """The contracts of a reasoner, for its perception and for its prediction."""
    fix = "have its last layer give `context.alphabet_size`, not {found}"
    stages = ("perception", "prediction")
    perception, prediction = (
        OutputContract(owner, f"{stage} logits", alphabet_size, "features", fix) for stage in stages
    )
    return perception, prediction


def check_reasoning(
    reasoning: object, contracts: tuple[OutputContract, OutputContract], *, features: Tensor
) -> Reasoning:
    """What a reasoner returned for *features*, once it is what was promised.

    Raises:
        PluginError: it is not.
    """
    if not (isinstance(reasoning, tuple) and len(reasoning) == len(contracts)):
        noun = type(reasoning).__name__
        raise PluginError(
            f"{contracts[0].owner} returned {noun}, not both stages; write "
            "`return seqreason.Reasoning(perception, prediction)`"
        )
    perception, prediction = (
        contract.check(logits, inputs=features)
        for contract, logits in zip(contracts, reasoning, strict=True)
    )
    return Reasoning(perception, prediction)


@contextmanager
def known_mistakes(contract: OutputContract) -> Iterator[None]:
    """Have mistakes that can be told from what the plug-in raises in the block told by its name.

    Raises:
        PluginError: it mixed tensors of two devices, or read a setting that is not there. Whatever
            else it raises goes through.
    """
    try:
        yield
    except (AttributeError, RuntimeError) as error:
        text = misread_setting_message(error)
        if text is None and _TWO_DEVICES.search(str(error)):
            text = f"mixes tensors of two devices; {_device_fix(contract.given)}"
        if text is None:
            raise
        raise PluginError(f"{contract.owner} {text} ({place_of(error)})") from error


def _device_fix(given: str) -> str:
    return (
        f"make tensors with `device={given}.device`, and keep constants by `self.register_buffer` "
        "and lists of layers in an nn.ModuleList"
    )
