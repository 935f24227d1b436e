"""The contracts for the tensors that encoders and reasoners return, checked at every call.

Without them a wrong shape, type or device would be found in the next part, or never.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, final

import torch
from torch import Tensor

from seqreason.errors import PluginError
from seqreason.interfaces import Encoder, Reasoning
from seqreason.registry.contract import misread_setting_message
from seqreason.registry.plugin_errors import place_of

_TYPES: Final = (torch.float32, torch.bfloat16, torch.float16)
# Messages of torch about tensors on two devices; the last alternative is that of convolutions.
_TWO_DEVICES: Final = re.compile(
    r"on the same device|expected device|\(torch\.cuda\.\w+\) and weight type \(torch\.\w+\)"
)


@final
@dataclass(frozen=True)
class OutputContract:
    """A matrix that a plug-in must return: a row for each frame, and *columns* columns.

    Attributes:
        owner: the plug-in's name in messages.
        noun: the content of the matrix.
        given: the plug-in's word for its input.
        fix: the advice for another number of columns, which it contains as {found}.
    """

    owner: str
    noun: str
    columns: int
    given: str
    fix: str

    def check(self, returned: object, *, inputs: Tensor) -> Tensor:
        """*returned*, which the plug-in returned for *inputs*, if it keeps the contract.

        Shapes:
            inputs: (frames, …)
            returns: (frames, columns), of a floating-point type, on the device of *inputs*

        Raises:
            PluginError: it breaks the contract.
        """
        message = f"{self.owner} returned {self.noun}"
        if not isinstance(returned, Tensor):
            noun = type(returned).__name__
            raise PluginError(f"{message} as {noun}, not as a tensor; return the tensor alone")
        rows, shape = len(inputs), tuple(returned.shape)
        if len(shape) != 2 or shape[0] != rows:
            raise PluginError(
                f"{message} of shape {shape} for {rows} frames, not ({rows}, {self.columns}); "
                "return a row for each frame, in their order"
            )
        if shape[1] != self.columns:
            fix = self.fix.format(found=shape[1])
            raise PluginError(f"{message} of shape {shape}, not ({rows}, {self.columns}); {fix}")
        if returned.device != inputs.device:
            raise PluginError(
                f"{message} on {returned.device}, while its {self.given} are on {inputs.device}; "
                f"{_device_fix(self.given)}"
            )
        if returned.dtype not in _TYPES:
            raise PluginError(f"{message} of {returned.dtype}; return them as `.float()`")
        return returned


def features_contract(encoder: Encoder, owner: str) -> OutputContract:
    """The contract of *encoder*, with the length of a feature vector that it declares.

    Raises:
        PluginError: it declares no length, or not a positive whole number.
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
    perception = OutputContract(owner, "perception logits", alphabet_size, "features", fix)
    return perception, replace(perception, noun="prediction logits")


def check_reasoning(
    reasoning: object, contracts: tuple[OutputContract, OutputContract], *, features: Tensor
) -> Reasoning:
    """*reasoning*, which a reasoner returned for *features*, if it keeps both *contracts*.

    Shapes:
        features: (frames, features)
        returns: two matrices of logits, each (frames, alphabet)

    Raises:
        PluginError: it breaks one of them.
    """
    if not (isinstance(reasoning, tuple) and len(reasoning) == len(contracts)):
        noun = type(reasoning).__name__
        raise PluginError(
            f"{contracts[0].owner} returned {noun}, not both stages; write "
            "`return seqreason.Reasoning(perception, prediction)`"
        )
    stages = zip(contracts, reasoning, strict=True)
    return Reasoning(*(contract.check(logits, inputs=features) for contract, logits in stages))


@contextmanager
def known_mistakes(contract: OutputContract) -> Iterator[None]:
    """Inside the block, turn errors with a known cause into messages with the plug-in's name.

    Raises:
        PluginError: the plug-in mixed tensors of two devices, or read a setting that does not
            exist. Other errors pass through unchanged.
    """
    try:
        yield
    except (AttributeError, RuntimeError) as error:
        mistake = misread_setting_message(error)
        if mistake is None and _TWO_DEVICES.search(str(error)):
            mistake = f"mixes tensors of two devices; {_device_fix(contract.given)}"
        if mistake is None:
            raise
        raise PluginError(f"{contract.owner} {mistake} ({place_of(error)})") from error


def _device_fix(given: str) -> str:
    return (
        f"make tensors with `device={given}.device`, and keep constants by `self.register_buffer` "
        "and lists of layers in an nn.ModuleList"
    )
