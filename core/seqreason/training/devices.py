"""Where training runs and in which precision, through Lightning Fabric."""

import logging

import torch
from lightning_fabric import Fabric

from seqreason.errors import SpecError
from seqreason.spec import TrainingSpec


def make_fabric(spec: TrainingSpec) -> Fabric:
    """Fabric on the spec's device, in its precision, with one process.

    Raises:
        SpecError: the device asked for is not there.
    """
    # Fabric announces the precision on every start; the record of a cell holds it.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    accelerator = _accelerator(spec.device)
    wants_bfloat16 = spec.precision == "bfloat16" or (
        spec.precision == "auto" and has_fast_bfloat16(accelerator)
    )
    return Fabric(
        accelerator=accelerator,
        devices=1,
        precision="bf16-mixed" if wants_bfloat16 else "32-true",
    )


def _accelerator(device: str) -> str:
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        usable = ", ".join(name for name, is_there in there.items() if is_there)
        raise SpecError(f"training.device: this machine has no {device}, only {usable}")
    return device


def has_fast_bfloat16(accelerator: str) -> bool:
    """Whether the processor multiplies bfloat16 matrices in hardware."""
    if accelerator == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # On processors that only emulate it, bfloat16 is slower than float32.
    return accelerator == "cpu" and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )
